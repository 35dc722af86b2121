# Not run by "make check": what things cost. run.sh measures the whole daemon.
EXTRA_DIST += %D%/README %D%/bench.py %D%/corpus.py %D%/documents.py
EXTRA_DIST += %D%/replay.py %D%/rspamd.py %D%/run.sh %D%/suggest.py %D%/web.py
EXTRA_PROGRAMS += %D%/content_bench %D%/dkim_bench %D%/state_bench
EXTRA_PROGRAMS += %D%/arc_bench %D%/restore_bench
EXTRA_PROGRAMS += %D%/learn_bench
EXTRA_PROGRAMS += %D%/reader_bench
EXTRA_PROGRAMS += %D%/arc_bench %D%/journal_bench
EXTRA_PROGRAMS += %D%/patterns_bench %D%/list_bench %D%/proof_bench
EXTRA_PROGRAMS += %D%/milter_load
%C%_milter_load_SOURCES = %D%/milter_load.c %D%/mta.c %D%/mta.h
EXTRA_PROGRAMS += %D%/accept_milter
EXTRA_PROGRAMS += %D%/limit_milter
%C%_accept_milter_CPPFLAGS = $(AM_CPPFLAGS) $(MILTER_CFLAGS)
%C%_accept_milter_LDADD = $(MILTER_LIBS)
