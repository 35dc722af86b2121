/*
 * How pages look: one style sheet for light and dark, wide and narrow, and for
 * paper. Contrast is 4.5 to 1 or more for text; whatever has the focus can be
 * seen to have it. Colours of verdicts are told apart with any eyes, and words
 * say the same.
 */
#include "config.h"

#include "tool/web/web_style.h"

static const char *const sheet[] = {
	":root{color-scheme:light dark;--bg:#f7f7f5;--card:#fff;--ink:#1c1e21;"
	"--soft:#595f69;--line:#d9dbdf;--link:#0b57a4;--accent:#0b57a4;"
	"--good:#1a6b3c;--warn:#8a5300;--bad:#a4262c;--goodbg:#e6f3ea;"
	"--warnbg:#fbf0dc;--badbg:#fbe7e7;--notebg:#eef2f7;"
	"--accept:#3b8f5f;--junk:#d69e1b;--quarantine:#7d52a8;"
	"--tempfail:#5b8fc7;--reject:#c4383e;--discard:#5d5d5d}\n",
	"@media (prefers-color-scheme:dark){:root{--bg:#15171a;--card:#1d2024;"
	"--ink:#e6e7e9;--soft:#a3a9b3;--line:#363b42;--link:#7cb7f5;"
	"--accent:#7cb7f5;--good:#7fd1a0;--warn:#e8bb6a;--bad:#f2938f;"
	"--goodbg:#17301f;--warnbg:#352a14;--badbg:#3a1d1e;--notebg:#222831;"
	"--accept:#57ab7c;--junk:#e0b23f;--quarantine:#a888cf;"
	"--tempfail:#6fa3d8;--reject:#e0605f;--discard:#8c8c8c}}\n",
	"*{box-sizing:border-box}\n"
	"body{margin:0;background:var(--bg);color:var(--ink);"
	"font:15px/1.5 system-ui,-apple-system,\"Segoe UI\",Roboto,"
	"\"Liberation Sans\",\"DejaVu Sans\",sans-serif}\n"
	".skip{position:absolute;left:-10000px}.skip:focus{position:static}\n"
	"body>header{display:flex;flex-wrap:wrap;align-items:center;gap:.25rem "
	"1.5rem;padding:.5rem 1.25rem;background:var(--card);"
	"border-bottom:1px solid var(--line)}\n"
	".brand{font-weight:700;font-size:1.1rem;letter-spacing:-.01em}\n"
	".user{margin-left:auto;color:var(--soft)}\n"
	"nav ul{display:flex;flex-wrap:wrap;gap:.1rem;list-style:none;"
	"margin:0;padding:0}\n"
	"nav a{display:block;padding:.35rem .7rem;border-radius:6px;"
	"color:var(--ink);text-decoration:none}\n"
	"nav a:hover{background:var(--notebg)}\n"
	"nav a[aria-current]{background:var(--notebg);color:var(--accent);"
	"font-weight:600}\n",
	"main{max-width:76rem;margin:0 auto;padding:1rem 1.25rem 2rem}\n"
	"h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0 1rem;"
	"overflow-wrap:anywhere}\n"
	"h2{font-size:1.08rem;margin:0 0 .6rem}\n"
	"h3{font-size:1rem;margin:1rem 0 .4rem}\n"
	"section{background:var(--card);border:1px solid var(--line);"
	"border-radius:8px;padding:1rem 1.15rem;margin:0 0 1rem;"
	"min-width:0}\n"
	".grid2{display:grid;grid-template-columns:repeat(auto-fit,"
	"minmax(min(100%,26rem),1fr));gap:0 1rem;align-items:start}\n"
	"a{color:var(--link)}\n"
	":focus-visible{outline:2px solid var(--accent);outline-offset:2px;"
	"border-radius:3px}\n"
	"p{margin:.4rem 0}\n"
	".soft{color:var(--soft)}\n"
	".note{background:var(--notebg);border-left:3px solid var(--soft);"
	"padding:.5rem .8rem;border-radius:4px;margin:0 0 1rem}\n"
	".note.good{background:var(--goodbg);border-color:var(--good)}\n"
	".note.warn{background:var(--warnbg);border-color:var(--warn)}\n"
	".note.bad{background:var(--badbg);border-color:var(--bad)}\n",
	".scroll{overflow-x:auto;margin:.25rem 0}\n"
	"table{border-collapse:collapse;min-width:min(100%,34rem);"
	"font-variant-numeric:tabular-nums}\n"
	"caption{text-align:left;color:var(--soft);font-size:.87rem;"
	"padding:0 0 .3rem}\n"
	"th,td{text-align:left;padding:.28rem .8rem .28rem 0;"
	"border-bottom:1px solid var(--line);vertical-align:top}\n"
	"th{font-size:.82rem;font-weight:600;color:var(--soft);"
	"white-space:nowrap}\n"
	"tbody tr:last-child td{border-bottom:0}\n"
	"tbody tr:hover td{background:var(--notebg)}\n"
	"th.n,td.n{text-align:right;white-space:nowrap}\n"
	"td.t{white-space:nowrap;color:var(--soft)}\n"
	"td.zero{color:var(--soft)}\n"
	"dd bdi,li bdi{overflow-wrap:anywhere}\n"
	"td.wrap{max-width:22rem;overflow-wrap:break-word}\n"
	"code,pre{font-family:ui-monospace,\"SF Mono\",Menlo,\"Liberation "
	"Mono\",\"DejaVu Sans Mono\",monospace;font-size:.88em}\n"
	"pre{background:var(--bg);border:1px solid var(--line);"
	"border-radius:6px;padding:.7rem .9rem;overflow-x:auto;margin:.5rem "
	"0;white-space:pre-wrap;overflow-wrap:anywhere}\n",
	".v{display:inline-block;border-radius:4px;padding:0 .45rem;"
	"font-size:.87rem;font-weight:600;background:var(--notebg);"
	"white-space:nowrap}\n"
	".v-accept{color:var(--good);background:var(--goodbg)}\n"
	".v-junk,.v-tempfail{color:var(--warn);background:var(--warnbg)}\n"
	".v-quarantine{color:var(--quarantine)}\n"
	".v-reject,.v-discard{color:var(--bad);background:var(--badbg)}\n"
	".terms{display:grid;grid-template-columns:repeat(auto-fill,"
	"minmax(min(100%,10.5rem),1fr));gap:.7rem 1.2rem;margin:0}\n"
	".terms dt{color:var(--soft);font-size:.82rem}\n"
	".terms dd{margin:0;font-size:1.12rem;font-weight:600;"
	"overflow-wrap:anywhere}\n"
	".terms dd.small{font-size:1rem;font-weight:400}\n"
	"dd.good{color:var(--good)}dd.warn{color:var(--warn)}"
	"dd.bad{color:var(--bad)}\n",
	".chart{width:100%;min-width:34rem;height:auto;display:block}\n"
	".grid{stroke:var(--line);stroke-width:1}\n"
	".axis{fill:var(--soft);font-size:10px}\n"
	".f-accept{fill:var(--accept)}.f-junk{fill:var(--junk)}"
	".f-quarantine{fill:var(--quarantine)}"
	".f-tempfail{fill:var(--tempfail)}.f-reject{fill:var(--reject)}"
	".f-discard{fill:var(--discard)}\n"
	".legend{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;"
	"list-style:none;margin:.4rem 0;padding:0;font-size:.9rem}\n"
	".key{display:inline-block;width:.75rem;height:.75rem;"
	"border-radius:2px}\n"
	".k-accept{background:var(--accept)}.k-junk{background:var(--junk)}"
	".k-quarantine{background:var(--quarantine)}"
	".k-tempfail{background:var(--tempfail)}"
	".k-reject{background:var(--reject)}"
	".k-discard{background:var(--discard)}\n"
	".spark rect{fill:var(--accent)}\n"
	".share .rest{fill:var(--line)}.share .part{fill:var(--accent)}\n"
	"details{margin:.5rem 0}summary{cursor:pointer;color:var(--link)}\n",
	"form.filter{display:grid;grid-template-columns:repeat(auto-fill,"
	"minmax(min(100%,11rem),1fr));gap:.6rem .9rem;align-items:end}\n"
	"label{display:block;font-size:.82rem;color:var(--soft)}\n"
	"input,select,textarea,button{font:inherit;color:inherit;"
	"background:var(--bg);border:1px solid var(--line);"
	"border-radius:6px;padding:.35rem .55rem;width:100%;"
	"margin-top:.15rem;min-height:2.2rem}\n"
	"button{background:var(--accent);color:var(--card);"
	"border-color:var(--accent);font-weight:600;cursor:pointer;"
	"width:auto;padding:.35rem 1.1rem}\n"
	"form.line{display:flex;flex-wrap:wrap;gap:.6rem;align-items:end}\n"
	"form.line label{flex:1 1 11rem}\n"
	".ranges{display:flex;gap:.3rem;list-style:none;margin:0 0 .6rem;"
	"padding:0}\n"
	".ranges a{padding:.15rem .6rem;border-radius:6px;"
	"text-decoration:none;border:1px solid var(--line)}\n"
	".ranges a[aria-current]{background:var(--notebg);font-weight:600}\n",
	".tree{list-style:none;margin:0;padding:0}\n"
	".tree>li{margin:0 0 .8rem}\n"
	".tree ul{list-style:none;margin:.2rem 0 0 .35rem;padding:0 0 0 .9rem;"
	"border-left:2px solid var(--line)}\n"
	".tree ul li{padding:.1rem 0;overflow-wrap:anywhere}\n"
	".tree ul li.deep{padding-left:1.4rem;color:var(--soft)}\n"
	"footer{max-width:76rem;margin:0 auto;padding:0 1.25rem 2rem;"
	"color:var(--soft);font-size:.87rem}\n"
	"@media (max-width:40rem){body{font-size:14px}"
	"body>header{padding:.4rem .8rem}main{padding:.6rem .8rem 1.5rem}"
	"section{padding:.8rem;border-radius:6px}footer{padding:0 .8rem 1.5rem}"
	"nav a{padding:.35rem .5rem}}\n"
	"@media (prefers-contrast:more){:root{--soft:var(--ink);"
	"--line:currentColor}}\n"
	"@media print{body{background:#fff;color:#000}header,footer,form{"
	"display:none}section{border:0;padding:0}}\n",
};

static const char icon[] =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\">"
    "<rect width=\"16\" height=\"16\" rx=\"3\" fill=\"#0b57a4\"/>"
    "<path d=\"M3.5 8.5l3 3 6-7\" fill=\"none\" stroke=\"#fff\" "
    "stroke-width=\"2\"/></svg>\n";

void
web_style_write(struct buf *out)
{
	for (size_t i = 0; i < ARRAY_COUNT(sheet); i++)
		(void)buf_addz(out, sheet[i]);
}

void
web_icon_write(struct buf *out)
{
	(void)buf_addz(out, icon);
}
