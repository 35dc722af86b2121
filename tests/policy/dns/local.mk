UNIT_TESTS += %D%/dns_cache_test
UNIT_TESTS += %D%/dns_slow_test
UNIT_TESTS += %D%/dns_test
UNIT_TESTS += %D%/dns_turns_test
UNIT_TESTS += %D%/dns_wire_test
UNIT_TESTS += %D%/dns_zone_test
