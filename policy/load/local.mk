policy_libpolicy_a_SOURCES += %D%/config_places.c %D%/config_places.h
policy_libpolicy_a_SOURCES += %D%/rules_origin.c %D%/rules_origin.h
policy_libpolicy_a_SOURCES += %D%/config_rows.c %D%/config_rows.h
policy_libpolicy_a_SOURCES += %D%/snapshot_load.c %D%/snapshot_load.h
policy_libpolicy_a_SOURCES += %D%/checks.c %D%/checks.h %D%/checks.def
policy_libpolicy_a_SOURCES += %D%/pattern_cache.c %D%/pattern_cache.h
policy_libpolicy_a_SOURCES += %D%/snapshot_message.c %D%/snapshot_message.h
policy_libpolicy_a_SOURCES += %D%/snapshot_rules.c %D%/snapshot_rules.h
policy_libpolicy_a_SOURCES += %D%/snapshot_shrink.c %D%/snapshot_shrink.h
policy_libpolicy_a_SOURCES += %D%/versions.c %D%/versions.h
policy_libpolicy_a_SOURCES += %D%/shipped.h
nodist_policy_libpolicy_a_SOURCES = %D%/shipped.c
CLEANFILES += %D%/shipped.c
EXTRA_DIST += $(SHIPPED) contrib/text2c.awk

SHIPPED = contrib/rules/default.rules
SHIPPED += contrib/rules/lists/app-hosts.list
SHIPPED += contrib/rules/lists/brands.list
SHIPPED += contrib/rules/lists/buckets.list
SHIPPED += contrib/rules/lists/cheap-tlds.list
SHIPPED += contrib/rules/lists/free-mail.list
SHIPPED += contrib/rules/lists/free-tenants.list
SHIPPED += contrib/rules/lists/new-tlds.list
SHIPPED += contrib/rules/lists/redirectors.list
SHIPPED += contrib/rules/lists/shared-hosts.list
SHIPPED += contrib/rules/lists/shorteners.list
SHIPPED += contrib/rules/lists/throw-away-hosts.list
%D%/shipped.c: $(SHIPPED) contrib/text2c.awk
	@$(MKDIR_P) %D%
	$(AM_V_GEN)(cd $(srcdir) && LC_ALL=C $(AWK) -f contrib/text2c.awk $(SHIPPED)) \
	    > $@.tmp && mv $@.tmp $@
