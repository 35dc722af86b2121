# policy/ is about this session: facts, checks, DNS, stores, verdict.
noinst_LIBRARIES += policy/libpolicy.a
policy_libpolicy_a_CPPFLAGS = $(AM_CPPFLAGS) $(OPENDKIM_CFLAGS) \
    $(CRYPTO_CFLAGS) $(CARES_CFLAGS) $(SQLITE_CFLAGS) $(HIREDIS_CFLAGS) \
    $(PSL_CFLAGS) $(JANSSON_CFLAGS)
policy_libpolicy_a_SOURCES =
policy_libpolicy_a_SOURCES += policy/json.c policy/json.h
policy_libpolicy_a_SOURCES += policy/check_iprev.c
policy_libpolicy_a_SOURCES += policy/dns.c policy/dns_transport.h
policy_libpolicy_a_SOURCES += policy/dns_batch.c
policy_libpolicy_a_SOURCES += policy/dns_cache.c policy/dns_cache.h
policy_libpolicy_a_SOURCES += policy/dns_lookup.c policy/dns_lookup.h
policy_libpolicy_a_SOURCES += policy/dns_network.c
policy_libpolicy_a_SOURCES += policy/dns_packet.c policy/dns_packet.h
policy_libpolicy_a_SOURCES += policy/dns_resolver.c policy/dns_resolver.h
policy_libpolicy_a_SOURCES += policy/dns_table.c policy/dns_table.h
policy_libpolicy_a_SOURCES += policy/dns_wire.c policy/dns_wire.h
policy_libpolicy_a_SOURCES += policy/dns_zone.c
policy_libpolicy_a_SOURCES += policy/check.c policy/check.h
policy_libpolicy_a_SOURCES += policy/check_session.c
policy_libpolicy_a_SOURCES += policy/checks.def
policy_libpolicy_a_SOURCES += policy/clock.c policy/clock.h
policy_libpolicy_a_SOURCES += policy/conf.c policy/conf.h
policy_libpolicy_a_SOURCES += policy/decide.c policy/decide.h
policy_libpolicy_a_SOURCES += policy/dns.h
policy_libpolicy_a_SOURCES += policy/file.c policy/file.h
policy_libpolicy_a_SOURCES += policy/id.c
policy_libpolicy_a_SOURCES += policy/judge.c policy/judge.h
policy_libpolicy_a_SOURCES += policy/message.c policy/message.h
policy_libpolicy_a_SOURCES += policy/session.c policy/session.h
policy_libpolicy_a_SOURCES += policy/setting.c policy/setting.h
policy_libpolicy_a_SOURCES += policy/snapshot.c policy/snapshot.h
policy_libpolicy_a_SOURCES += policy/verdict.h
policy_libpolicy_a_SOURCES += policy/check_spf.c policy/check_spf.h
policy_libpolicy_a_SOURCES += policy/spf.c policy/spf.h
policy_libpolicy_a_SOURCES += policy/spf_eval.h
policy_libpolicy_a_SOURCES += policy/spf_macro.c policy/spf_macro.h
policy_libpolicy_a_SOURCES += policy/spf_match.c
policy_libpolicy_a_SOURCES += policy/spf_record.c policy/spf_record.h
policy_libpolicy_a_SOURCES += policy/list_lookup.c policy/list_lookup.h
policy_libpolicy_a_SOURCES += policy/verdict.c
policy_libpolicy_a_SOURCES += policy/default_rules.h
policy_libpolicy_a_SOURCES += policy/snapshot_rules.c policy/snapshot_rules.h
nodist_policy_libpolicy_a_SOURCES = policy/default_rules.c
CLEANFILES += policy/default_rules.c
EXTRA_DIST += contrib/rules/default.rules contrib/text2c.awk

policy/default_rules.c: contrib/rules/default.rules contrib/text2c.awk
	@$(MKDIR_P) policy
	$(AM_V_GEN)$(AWK) -v name=default_rules -f \
	    $(srcdir)/contrib/text2c.awk \
	    $(srcdir)/contrib/rules/default.rules > $@.tmp && mv $@.tmp $@
policy_libpolicy_a_SOURCES += policy/case.c policy/case.h
policy_libpolicy_a_SOURCES += policy/case_read.c
policy_libpolicy_a_SOURCES += policy/facts_given.c policy/facts_given.h
policy_libpolicy_a_SOURCES += policy/check_dkim.c policy/check_dkim.h
policy_libpolicy_a_SOURCES += policy/dkim.c policy/dkim.h
policy_libpolicy_a_SOURCES += policy/dkim_header.c policy/dkim_header.h
policy_libpolicy_a_SOURCES += policy/dkim_key.c policy/dkim_key.h
policy_libpolicy_a_SOURCES += policy/dkim_message.c policy/dkim_message.h
policy_libpolicy_a_SOURCES += policy/dkim_record.c policy/dkim_record.h
policy_libpolicy_a_SOURCES += policy/dkim_relax.c policy/dkim_relax.h
policy_libpolicy_a_SOURCES += policy/dkim_sig.c policy/dkim_sig.h
policy_libpolicy_a_SOURCES += policy/dkim_tags.c policy/dkim_tags.h
policy_libpolicy_a_SOURCES += policy/compare_spf.c policy/compare_spf.h
policy_libpolicy_a_SOURCES += policy/dmarc_record.c policy/dmarc_record.h
policy_libpolicy_a_SOURCES += policy/dmarc.c policy/dmarc.h
policy_libpolicy_a_SOURCES += policy/dmarc_walk.c
policy_libpolicy_a_SOURCES += policy/check_anomaly.c
policy_libpolicy_a_SOURCES += policy/check_header.c policy/check_header.h
policy_libpolicy_a_SOURCES += policy/header_flags.c policy/header_flags.h
policy_libpolicy_a_SOURCES += policy/header_people.c
policy_libpolicy_a_SOURCES += policy/header_text.c policy/header_text.h
policy_libpolicy_a_SOURCES += policy/header_verdict.c
policy_libpolicy_a_SOURCES += policy/headers.c policy/headers.h
policy_libpolicy_a_SOURCES += policy/log_line.c policy/log_line.h
policy_libpolicy_a_SOURCES += policy/suffix.c policy/suffix.h
policy_libpolicy_a_SOURCES += policy/check_dmarc.c policy/check_dmarc.h
policy_libpolicy_a_SOURCES += policy/compare_dmarc.c policy/compare_dmarc.h
policy_libpolicy_a_SOURCES += policy/check_content.c policy/check_content.h
policy_libpolicy_a_SOURCES += policy/content_facts.c
policy_libpolicy_a_SOURCES += policy/answer.c policy/answer.h
policy_libpolicy_a_SOURCES += policy/dns_conf.c policy/dns_conf.h
policy_libpolicy_a_SOURCES += policy/sqlite.c policy/sqlite.h
policy_libpolicy_a_SOURCES += policy/check_compare.c policy/check_compare.h
