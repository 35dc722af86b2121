UNIT_TESTS += %D%/compound_test
UNIT_TESTS += %D%/document_test
UNIT_TESTS += %D%/document_answer_test
UNIT_TESTS += %D%/document_office_test
UNIT_TESTS += %D%/document_acts_test
