UNIT_TESTS += %D%/check_learn_test
UNIT_TESTS += %D%/learn_attack_test
UNIT_TESTS += %D%/learn_cut_test
UNIT_TESTS += %D%/learn_forget_test
UNIT_TESTS += %D%/learn_hosts_test
UNIT_TESTS += %D%/learn_train_test
UNIT_TESTS += %D%/learner_test
