rules_librules_a_SOURCES += %D%/eval.c
rules_librules_a_SOURCES += %D%/eval_fact.c
rules_librules_a_SOURCES += %D%/record.c
rules_librules_a_SOURCES += %D%/ruling.c
rules_librules_a_SOURCES += %D%/trial.c %D%/trial.h
rules_librules_a_SOURCES += %D%/trial_facts.c
