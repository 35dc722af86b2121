policy_libpolicy_a_SOURCES += %D%/config_rows.c %D%/config_rows.h
policy_libpolicy_a_SOURCES += %D%/snapshot_load.c %D%/snapshot_load.h
policy_libpolicy_a_SOURCES += %D%/checks.c %D%/checks.h %D%/checks.def
policy_libpolicy_a_SOURCES += %D%/default_rules.h
policy_libpolicy_a_SOURCES += %D%/pattern_cache.c %D%/pattern_cache.h
policy_libpolicy_a_SOURCES += %D%/snapshot_message.c %D%/snapshot_message.h
policy_libpolicy_a_SOURCES += %D%/snapshot_rules.c %D%/snapshot_rules.h
policy_libpolicy_a_SOURCES += %D%/versions.c %D%/versions.h
nodist_policy_libpolicy_a_SOURCES = %D%/default_rules.c
CLEANFILES += %D%/default_rules.c
EXTRA_DIST += contrib/rules/default.rules contrib/text2c.awk

%D%/default_rules.c: contrib/rules/default.rules contrib/text2c.awk
	@$(MKDIR_P) %D%
	$(AM_V_GEN)$(AWK) -v name=default_rules -f \
	    $(srcdir)/contrib/text2c.awk \
	    $(srcdir)/contrib/rules/default.rules > $@.tmp && mv $@.tmp $@
