UNIT_TESTS += %D%/document_test
UNIT_TESTS += %D%/document_answer_test
