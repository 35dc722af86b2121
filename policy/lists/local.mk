policy_libpolicy_a_SOURCES += %D%/check_lists.c
policy_libpolicy_a_SOURCES += %D%/dnslist.c %D%/dnslist.h
policy_libpolicy_a_SOURCES += %D%/dnslist_health.c %D%/dnslist_health.h
policy_libpolicy_a_SOURCES += %D%/dnslist_parse.c
policy_libpolicy_a_SOURCES += %D%/dnslist_report.c
policy_libpolicy_a_SOURCES += %D%/dnslist_state.h
policy_libpolicy_a_SOURCES += %D%/list_lookup.c %D%/list_lookup.h
