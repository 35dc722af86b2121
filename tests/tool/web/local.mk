# The pages without their command, and what they stand on.
WEB_TEST_SOURCES = $(WEB_SOURCES) tool/base/counts.c tool/base/screen.c tool/base/tool.c tool/daemon/state_text.c \
    tool/journal/explain.c tool/journal/explain_case.c \
    tool/journal/explain_found.c tool/journal/explain_if.c tool/journal/explain_sender.c \
    tool/journal/explain_tree.c tool/journal/history_filter.c \
    tool/journal/history_told.c \
    tool/journal/journal.c tool/journal/tree.c
UNIT_TESTS += %D%/html_test
%C%_html_test_SOURCES = %D%/html_test.c tool/web/html.c
UNIT_TESTS += %D%/web_request_test
%C%_web_request_test_SOURCES = %D%/web_request_test.c tool/web/web_request.c
UNIT_TESTS += %D%/web_test
%C%_web_test_SOURCES = %D%/web_test.c $(WEB_TEST_SOURCES)
UNIT_TESTS += %D%/web_tally_test
%C%_web_tally_test_SOURCES = %D%/web_tally_test.c tool/web/web_tally.c
