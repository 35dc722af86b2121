# Fuzz targets: NAME is tests/fuzz/NAME_fuzz.c, its seeds lie in
# corpus/NAME.tar.xz;
# those that read messages share one.
FUZZ_TARGETS =
FUZZ_TARGETS += arc
EXTRA_DIST += tests/fuzz/arc_fuzz.c
FUZZ_TARGETS += authres
EXTRA_DIST += tests/fuzz/authres_fuzz.c
FUZZ_TARGETS += header
EXTRA_DIST += tests/fuzz/header_fuzz.c
FUZZ_TARGETS += addr
EXTRA_DIST += tests/fuzz/addr_fuzz.c
FUZZ_TARGETS += spf
EXTRA_DIST += tests/fuzz/spf_fuzz.c
FUZZ_TARGETS += dmarc_record
EXTRA_DIST += tests/fuzz/dmarc_record_fuzz.c
FUZZ_TARGETS += dkim_body
EXTRA_DIST += tests/fuzz/dkim_body_fuzz.c
FUZZ_TARGETS += dkim_key
EXTRA_DIST += tests/fuzz/dkim_key_fuzz.c
FUZZ_TARGETS += dkim_sig
EXTRA_DIST += tests/fuzz/dkim_sig_fuzz.c
FUZZ_TARGETS += restore
EXTRA_DIST += tests/fuzz/restore_fuzz.c
FUZZ_TARGETS += dns
EXTRA_DIST += tests/fuzz/dns_fuzz.c
FUZZ_TARGETS += mime
EXTRA_DIST += tests/fuzz/mime_fuzz.c
FUZZ_TARGETS += html
EXTRA_DIST += tests/fuzz/html_fuzz.c
FUZZ_TARGETS += archive
EXTRA_DIST += tests/fuzz/archive_fuzz.c
FUZZ_TARGETS += header_decode
EXTRA_DIST += tests/fuzz/header_decode_fuzz.c
FUZZ_TARGETS += link
EXTRA_DIST += tests/fuzz/link_fuzz.c
FUZZ_TARGETS += rules
EXTRA_DIST += tests/fuzz/rules_fuzz.c
FUZZ_TARGETS += needle
EXTRA_DIST += tests/fuzz/needle_fuzz.c
FUZZ_TARGETS += phrase
EXTRA_DIST += tests/fuzz/phrase_fuzz.c
FUZZ_TARGETS += list
EXTRA_DIST += tests/fuzz/list_fuzz.c
FUZZ_TARGETS += redis_reply
EXTRA_DIST += tests/fuzz/redis_reply_fuzz.c
FUZZ_TARGETS += store_json
EXTRA_DIST += tests/fuzz/store_json_fuzz.c
FUZZ_TARGETS += message
EXTRA_DIST += tests/fuzz/message_fuzz.c
FUZZ_TARGETS += pieces
EXTRA_DIST += tests/fuzz/pieces_fuzz.c
FUZZ_TARGETS += learn
EXTRA_DIST += tests/fuzz/learn_fuzz.c
FUZZ_TARGETS += learn_sample
EXTRA_DIST += tests/fuzz/learn_sample_fuzz.c
FUZZ_TARGETS += journal
EXTRA_DIST += tests/fuzz/journal_fuzz.c
FUZZ_TARGETS += received
EXTRA_DIST += tests/fuzz/received_fuzz.c
FUZZ_TARGETS += dmarc
EXTRA_DIST += tests/fuzz/dmarc_fuzz.c
FUZZ_TARGETS += value
EXTRA_DIST += tests/fuzz/value_fuzz.c
FUZZ_TARGETS += store_text
EXTRA_DIST += tests/fuzz/store_text_fuzz.c
FUZZ_TARGETS += aggregate
EXTRA_DIST += tests/fuzz/aggregate_fuzz.c
FUZZ_TARGETS += smtp
EXTRA_DIST += tests/fuzz/smtp_fuzz.c
FUZZ_TARGETS += dialogue
EXTRA_DIST += tests/fuzz/dialogue_fuzz.c
FUZZ_TARGETS += filter
EXTRA_DIST += tests/fuzz/filter_fuzz.c
FUZZ_TARGETS += control
EXTRA_DIST += tests/fuzz/control_fuzz.c
FUZZ_TARGETS += stats
EXTRA_DIST += tests/fuzz/stats_fuzz.c
FUZZ_TARGETS += postconf
EXTRA_DIST += tests/fuzz/postconf_fuzz.c
FUZZ_TARGETS += mailbox
EXTRA_DIST += tests/fuzz/mailbox_fuzz.c
FUZZ_TARGETS += explain
EXTRA_DIST += tests/fuzz/explain_fuzz.c
FUZZ_TARGETS += case
EXTRA_DIST += tests/fuzz/case_fuzz.c
FUZZ_TARGETS += config
EXTRA_DIST += tests/fuzz/config_fuzz.c
FUZZ_TARGETS += check
EXTRA_DIST += tests/fuzz/check_fuzz.c
FUZZ_TARGETS += doctor
EXTRA_DIST += tests/fuzz/doctor_fuzz.c
FUZZ_TARGETS += web
EXTRA_DIST += tests/fuzz/web_fuzz.c
# What several targets include.
FUZZ_KITS = tests/fuzz/message_kit.c tests/fuzz/server_kit.c \
    tests/fuzz/tool_kit.c tests/fuzz/zone_kit.c
EXTRA_DIST += $(FUZZ_KITS)
# What of milter/ and tool/ a target runs; rules/ and policy/ are there anyway.
FUZZ_SOURCES_dialogue = milter/engine/dialogue.c milter/engine/packet.c \
    milter/engine/macros.c
FUZZ_SOURCES_filter = tool/doctor/milter_client.c
FUZZ_SOURCES_control = milter/control/control.c milter/control/control_socket.c milter/daemon/daemon.c
FUZZ_SOURCES_stats = tool/base/counts.c tool/base/screen.c tool/base/tool.c tool/daemon/stats_print.c
FUZZ_SOURCES_web = tool/web/html.c tool/web/web_request.c
FUZZ_SOURCES_postconf = tool/base/screen.c tool/base/tool.c tool/doctor/doctor_filters.c \
    tool/doctor/doctor_quote.c tool/doctor/doctor_size.c tool/doctor/doctor_users.c
FUZZ_SOURCES_mailbox = tool/base/screen.c tool/base/tool.c tool/judge/corpus.c
FUZZ_SOURCES_explain = tool/base/screen.c tool/base/tool.c tool/journal/explain.c tool/journal/explain_tree.c \
    tool/journal/explain_found.c tool/journal/explain_sender.c tool/journal/explain_if.c tool/journal/explain_case.c \
    tool/journal/journal.c tool/journal/tree.c tool/daemon/state_text.c
FUZZ_SOURCES_doctor = tool/base/screen.c tool/base/tool.c \
    $(filter tool/doctor/%.c,$(verdict_SOURCES)) tool/judge/corpus.c \
    $(filter tool/report/aggregate%.c,$(verdict_SOURCES)) tool/report/report_read.c
FUZZ_LIBS_doctor = $(SSL_LIBS) $(EXPAT_LIBS)
FUZZ_SOURCES_aggregate = tool/base/screen.c tool/base/tool.c \
    $(filter tool/report/aggregate%.c,$(verdict_SOURCES))
FUZZ_LIBS_aggregate = $(EXPAT_LIBS)
FUZZ_SOURCES_check = tool/base/screen.c tool/base/tool.c tool/judge/check_print.c
EXTRA_DIST += tests/fuzz/corpus tests/fuzz/dict tests/fuzz/modules
FUZZ_TARGETS += script
EXTRA_DIST += tests/fuzz/script_fuzz.c
FUZZ_TARGETS += html_lex
EXTRA_DIST += tests/fuzz/html_lex_fuzz.c
EXTRA_DIST += tests/fuzz/grow.py
FUZZ_TARGETS += opened
EXTRA_DIST += tests/fuzz/opened_fuzz.c
FUZZ_TARGETS += document
EXTRA_DIST += tests/fuzz/document_fuzz.c
FUZZ_TARGETS += bitmap
EXTRA_DIST += tests/fuzz/bitmap_fuzz.c
FUZZ_SOURCES_bitmap = reader/picture_gif.c reader/picture_other.c \
	reader/picture_tiff.c
FUZZ_LIBS_bitmap = $(QR_CFLAGS) $(QR_LIBS)
FUZZ_TARGETS += shortcut
EXTRA_DIST += tests/fuzz/shortcut_fuzz.c
FUZZ_TARGETS += office
EXTRA_DIST += tests/fuzz/office_fuzz.c
FUZZ_TARGETS += finder
EXTRA_DIST += tests/fuzz/finder_fuzz.c
FUZZ_SOURCES_finder = reader/finder.c reader/finder_line.c
