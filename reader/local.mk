# reader/ is the helper that reads documents, a process and a program of its own:
# what it links, nothing else does.
pkglibexec_PROGRAMS += verdict-reader
# All but what reads; tests put something worse in its place.
noinst_LIBRARIES += reader/libreader.a
reader_libreader_a_CPPFLAGS = $(PROJECT_CPPFLAGS) $(SECCOMP_CFLAGS) \
    $(EPOLL_CFLAGS)
reader_libreader_a_SOURCES = %D%/main.c
reader_libreader_a_SOURCES += %D%/sandbox.c %D%/sandbox.h
verdict_reader_CPPFLAGS = $(PROJECT_CPPFLAGS) $(POPPLER_CFLAGS) $(QR_CFLAGS)
verdict_reader_LDADD = reader/libreader.a $(RULES_LIBS) $(SECCOMP_LIBS) \
    $(POPPLER_LIBS) $(QR_LIBS) $(EPOLL_LIBS)
verdict_reader_LDFLAGS = $(AM_LDFLAGS) -Wl,--as-needed
verdict_reader_SOURCES = %D%/extract.c %D%/extract.h
verdict_reader_SOURCES += %D%/code.c %D%/code.h
verdict_reader_SOURCES += %D%/inside.c %D%/inside.h
verdict_reader_SOURCES += %D%/finder.c %D%/finder.h
verdict_reader_SOURCES += %D%/finder_line.c %D%/finder_line.h
verdict_reader_SOURCES += %D%/pdf.c %D%/pdf.h
verdict_reader_SOURCES += %D%/picture.c %D%/picture.h
verdict_reader_SOURCES += %D%/picture_gif.c
verdict_reader_SOURCES += %D%/picture_other.c %D%/picture_inside.h
verdict_reader_SOURCES += %D%/picture_tiff.c
