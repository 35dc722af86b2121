UNIT_TESTS += %D%/mime_tree_test
UNIT_TESTS += %D%/mime_skeleton_test
