UNIT_TESTS += %D%/file_lock_test
UNIT_TESTS += %D%/file_watch_test
UNIT_TESTS += %D%/json_test
UNIT_TESTS += %D%/share_test
UNIT_TESTS += %D%/smtp_client_test
UNIT_TESTS += %D%/sqlite_schema_test
UNIT_TESTS += %D%/suffix_test
UNIT_TESTS += %D%/wait_test
