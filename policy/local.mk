# policy/ is about this session: facts, checks, DNS, stores, verdict.
noinst_LIBRARIES += policy/libpolicy.a
policy_libpolicy_a_CPPFLAGS = $(AM_CPPFLAGS) $(OPENDKIM_CFLAGS) \
    $(CRYPTO_CFLAGS) $(CARES_CFLAGS) $(SQLITE_CFLAGS) $(HIREDIS_CFLAGS) \
    $(PSL_CFLAGS) $(JANSSON_CFLAGS)
policy_libpolicy_a_SOURCES = policy/check.h policy/dns.h policy/session.h policy/setting.h
policy_libpolicy_a_SOURCES += policy/json.c policy/json.h
policy_libpolicy_a_SOURCES += policy/dns_batch.c
policy_libpolicy_a_SOURCES += policy/dns_resolver.c policy/dns_resolver.h
policy_libpolicy_a_SOURCES += policy/dns_zone.c
policy_libpolicy_a_SOURCES += policy/spf.c policy/spf.h
policy_libpolicy_a_SOURCES += policy/spf_eval.h
policy_libpolicy_a_SOURCES += policy/spf_macro.c policy/spf_macro.h
policy_libpolicy_a_SOURCES += policy/spf_match.c
policy_libpolicy_a_SOURCES += policy/spf_record.c policy/spf_record.h
policy_libpolicy_a_SOURCES += policy/check_spf.c policy/check_spf.h
