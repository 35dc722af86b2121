UNIT_TESTS += %D%/dnslist_health_test
UNIT_TESTS += %D%/dnslist_session_test
UNIT_TESTS += %D%/dnslist_test
