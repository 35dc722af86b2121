UNIT_TESTS += %D%/mime_tree_test
