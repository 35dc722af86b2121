#!/bin/sh
# verdict report: what would be sent of a day's mail validates against the
# schema of RFC 9990, and what others have sent is read in the forms in which
# it comes (tests/data/report). The schema lies in DMARC_SCHEMA, or in
# shared/conformance beside the tree; without it, or without xmllint, only the
# texts are compared.
src=${srcdir:-.}
data=$src/tests/data/report
. "$src/tests/kit/shell.sh"
python=/usr/bin/python3
[ -x "$python" ] || python=$(command -v python3) || {
	echo "no python3: not tried"
	exit 77
}

schema=${DMARC_SCHEMA:-}
for up in "$src/.." "$src/../.." "$src/../../.."; do
	[ -n "$schema" ] || [ ! -f "$up/shared/conformance/dmarc/dmarc-2.0.xsd" ] ||
		schema=$up/shared/conformance/dmarc/dmarc-2.0.xsd
done

valid() { # file.xml.gz
	gunzip -c "$1" >"$work/report.xml" || fail "gunzip $1"
	if [ -n "$schema" ] && command -v xmllint >/dev/null; then
		xmllint --noout --schema "$schema" "$work/report.xml" \
			>"$work/out" 2>&1 || fail "$1 does not validate"
		validated=yes
	fi
}

has() { # text, what
	grep -qF -- "$1" "$work/out" || fail "$2: no '$1'"
}

# ---- sending ----------------------------------------------------------------
printf 'state %s\nreport on\nreport.from dmarc@us.example\nreport.organization "We & <Co>"\nresolver 127.0.0.1:9\ndns.timeout 100ms\n' \
	"$work" >"$work/conf"
printf 'verdict junk at 6\nrule r when dmarc = fail then junk\n' >"$work/rules"
tests/kit/journal_make "$work/journal.db" - "$work/rules" "$data/cases.jsonl" 2 \
	"$work/report.db" || fail "making report.db"
day=2026-01-01
mkdir "$work/out.d"
validated=no

./verdict report --dry-run --day $day -o "$work/out.d" -c "$work/conf" >"$work/out" 2>&1 ||
	fail "report --dry-run"
has "would go          3        6  good.example  agg@good.example" "dry run"
has "would go          1        2  other.example  agg@other.example" "dry run"
has "waiting           3        6  good.example  agg@elsewhere.example  the organizational domains could not be found out" "dry run"
count=0
for file in "$work"/out.d/*.xml.gz; do
	valid "$file"
	count=$((count + 1))
done
[ $count -eq 2 ] || fail "there are $count reports"
[ "$validated" = yes ] || echo "no schema or no xmllint: not validated"
cp "$work"/out.d/us.example!good.example!*.xml.gz "$work/good.xml.gz"
gunzip -c "$work/good.xml.gz" >"$work/out"
has "<org_name>We &amp; &lt;Co&gt;</org_name>" "report"
has "<domain>good.example</domain><p>reject</p><sp>quarantine</sp>" "report"
has "<source_ip>192.0.2.7</source_ip><count>2</count><policy_evaluated><disposition>quarantine</disposition><dkim>fail</dkim><spf>fail</spf><reason><type>local_policy</type></reason>" "report"
has "<source_ip>192.0.2.9</source_ip><count>2</count><policy_evaluated><disposition>pass</disposition><dkim>fail</dkim><spf>pass</spf></policy_evaluated>" "report"
has "<header_from>sub.good.example</header_from><envelope_from></envelope_from>" "report"
grep -qE 'bob|ann|us\.example!' "$work/out" && fail "a report tells too much"

./verdict report --dry-run --day $day --domain other.example -c "$work/conf" >"$work/out" 2>&1
has "agg@other.example" "--domain"
grep -q good.example "$work/out" && fail "--domain shows others"
# A dry run notes nothing: the day has no report yet.
tests/kit/journal_make "$work/other-journal.db" - "$work/rules" "$data/cases.jsonl" 1 \
	"$work/other.db" || fail "making another host's"
./verdict report --dry-run --merge "$work/other.db" --day $day -c "$work/conf" >"$work/out" 2>&1
has "would go          3        9  good.example" "--merge"
./verdict report --dry-run --merge "$work/conf" --day $day -c "$work/conf" >"$work/out" 2>&1 &&
	fail "--merge of anything"
# There is no server: all of it waits, and the status says so.
printf 'report.smtp 127.0.0.1:9\n' >>"$work/conf"
./verdict report --day $day -c "$work/conf" >"$work/out" 2>&1
[ $? -eq 1 ] || fail "status where nothing was sent"
has "waiting           1        2  other.example  agg@other.example  connect:" "no server"
has "2026-01-01: 3 waiting" "no server"
./verdict report --day today -c "$work/conf" >"$work/out" 2>&1
[ $? -eq 64 ] || fail "status for a day that is not over"
./verdict report --day soon -c "$work/conf" >"$work/out" 2>&1
[ $? -eq 64 ] || fail "status for no day"
printf 'state %s/none\nreport.from a@us.example\n' "$work" >"$work/conf2"
./verdict report --day $day -c "$work/conf2" >"$work/out" 2>&1
[ $? -eq 66 ] || fail "status without report.db"
printf 'state %s\n' "$work" >"$work/conf2"
./verdict report --day $day -c "$work/conf2" >"$work/out" 2>&1
[ $? -eq 78 ] || fail "status without report.from"
has "report.from is not set" "settings"
printf 'report collect\ncontrol ""\n' >>"$work/conf2"
./verdict doctor -c "$work/conf2" >"$work/out" 2>&1
has "no DMARC report can be sent: report.from is not set to an address" "doctor"

# ---- reading ------------------------------------------------------------------
mkdir "$work/in"
"$python" "$data/make.py" "$work/in" || fail "make.py"
./verdict report read "$work/good.xml.gz" >"$work/out" 2>&1
if grep -q "without expat" "$work/out"; then
	echo "built without expat: nothing is read"
	exit $failed
fi
has "1 report of 1 receiver, 2026-01-01 to 2026-01-01: 6 messages, 33.3% pass DMARC" "our own"

./verdict report read "$work/in" >"$work/out" 2>&1
[ $? -eq 1 ] || fail "status with files that are none"
has "6 reports of 6 receivers" "a directory"
has "bomb.xml: it has a DOCTYPE, which no report has" "an entity bomb"
has "bomb.xml.gz: it unpacks to more than is read" "a gzip bomb"
has "bomb.zip: it unpacks to more than is read" "a zip bomb"
has "bombs.eml: it unpacks to more than is read" "many gzip bombs in a mail"
has "deep.xml: it is nested deeper than reports are" "a deep one"
has "other.xml: it is XML, but no DMARC report" "HTML"
has "damaged.gz: it is damaged" "damaged"
has "letter.eml: there is no report in it" "a letter"
has "broken.xml: it is not well-formed XML; what comes before counts" "cut off"

cd "$work/in" || exit 1
rm bomb* deep* other* damaged* letter* broken*
cd - >/dev/null || exit 1
./verdict report read "$work/in" >"$work/out" 2>&1 || fail "status"
has "5 reports of 5 receivers, 2026-01-01 to 2026-01-04: 517 messages, 92.8% pass DMARC" "all"
has "       30         0        30         0         0  2026-01-01 2026-01-01 198.51.100.7  example.org  signed by mailer.example, sent by bounce.mailer.example" "who sends as us"
has "      480       480         0         0         0  2026-01-01 2026-01-04 192.0.2.1  example.org  signed by example.org" "ours"
has "        5         0         5         0         5  2026-01-03 2026-01-03 203.0.113.66  news.example.org" "a forger"
has "(mailing_list)" "why not"
./verdict report read --domain news.example.org "$work/in" >"$work/out" 2>&1
has "1 report of 1 receiver, 2026-01-03 to 2026-01-03: 5 messages" "--domain"
./verdict report read --json "$work/in" >"$work/out" 2>&1 || fail "--json"
"$python" - "$work/out" <<'END' || fail "--json"
import json, sys
r = json.load(open(sys.argv[1]))
assert r["reports"] == 5 and r["repeated"] == 1 and r["messages"] == 517, r
assert r["passed"] == 480 and r["policy"] == "none", r
first = r["sources"][0]
assert first["source"] == "198.51.100.7" and first["failed"] == 30, first
assert first["signer"] == "mailer.example" and first["since"] == "2026-01-01", first
END
./verdict report read - <"$work/in/google.eml" >"$work/out" 2>&1 || fail "-"
has "150 messages, 80.0% pass DMARC" "standard input"

# A control of one octet's meaning, in UTF-8, and one that turns text around.
printf '<feedback><record><row><source_ip>a\302\2332Jb\342\200\256c</source_ip><count>1</count></row></record></feedback>' >"$work/controls.xml"
./verdict report read "$work/controls.xml" >"$work/out" 2>&1
has "  a 2Jb c  " "what a terminal would obey"

# Texts that change with every record take no more room than the longest.
"$python" - ./verdict "$work" <<'END' || fail "memory for texts that change"
import os, resource, subprocess, sys
def report(n):
    return "<feedback><report_metadata><report_id>%d</report_id>" \
        "</report_metadata>%s</feedback>" % (n, "".join(
            "<record><row><source_ip>192.0.2.1</source_ip><count>1</count>"
            "</row><auth_results><dkim><domain>%d%s</domain>"
            "<result>pass</result></dkim></auth_results></record>"
            % (i, "x" * 500) for i in range(10000)))
options = os.environ.get("ASAN_OPTIONS", "")
os.environ["ASAN_OPTIONS"] = options + ":quarantine_size_mb=1"
used = []
for count in (1, 12):
    place = sys.argv[2] + "/many%d" % count
    os.mkdir(place)
    for n in range(count):
        with open(place + "/%d.xml" % n, "w") as f:
            f.write(report(n))
    # The largest of all children so far: the smaller one goes first.
    subprocess.run([sys.argv[1], "report", "read", place], check=True,
                   stdout=subprocess.DEVNULL)
    used.append(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
print("kilobytes:", used)
assert used[1] < used[0] + 25000, used
END

# ---- doctor -------------------------------------------------------------------
echo '{"example.org": {"MX": [[0, "."]]}, "ham.example": {"MX": [[0, "."]]}}' >"$work/zone"
: >"$work/conf3"
./verdict doctor -c "$work/conf3" --zone "$work/zone" --reports "$work/in" \
	example.org ham.example >"$work/out" 2>&1
has "reports    517 messages reported by 5 receivers from 2026-01-01 to 2026-01-04, 92.8% pass DMARC" "doctor"
has "198.51.100.7: 30 of 30 messages as example.org fail, since 2026-01-01; it is known as mailer.example" "doctor"
has "no report in $work/in speaks of ham.example" "doctor"
./verdict report read "$work/none" >"$work/out" 2>&1
[ $? -eq 1 ] || fail "status of no such place"

exit $failed
