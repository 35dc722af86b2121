# contrib/ is what surrounds the program: scripts, packaging, snippets.
EXTRA_DIST += contrib/container/Containerfile contrib/container/check.sh
EXTRA_DIST += contrib/container/verdict.conf
EXTRA_DIST += contrib/rpm/verdict-milter.spec
EXTRA_DIST += contrib/freebsd/Makefile contrib/freebsd/pkg-descr
EXTRA_DIST += contrib/freebsd/files/verdict_milter.in
EXTRA_DIST += contrib/demo.py
EXTRA_DIST += contrib/demo.sh
EXTRA_DIST += contrib/lib/unpack.sh
EXTRA_DIST += contrib/lib/packages.sh
EXTRA_DIST += contrib/lib/postfix.sh

# The manuals as static HTML, below site/ in the build tree.
EXTRA_DIST += contrib/site/make.py contrib/site/search.js contrib/site/site.css
.PHONY: site
site:
	$(PYTHON) $(srcdir)/contrib/site/make.py site

# Examples: what is in force where nothing is configured.
dist_pkgdata_DATA += contrib/rules/default.rules
dist_pkgdata_DATA += contrib/verdict.conf

# Files for rules.d, to be copied and changed.
examplesdir = $(pkgdatadir)/examples
dist_examples_DATA =
dist_examples_DATA += contrib/rules/examples/20-greylist.rules
dist_examples_DATA += contrib/rules/examples/30-limits.rules
dist_examples_DATA += contrib/rules/examples/40-reputation.rules
dist_examples_DATA += contrib/rules/examples/42-replays.rules
dist_examples_DATA += contrib/rules/examples/44-senders.rules
# Files for rules.d, to be copied and changed.
dist_examples_DATA += contrib/rules/examples/10-dns-lists.rules
dist_examples_DATA += contrib/rules/examples/15-local-lists.rules
dnslistsdir = $(examplesdir)/dns-lists
dist_dnslists_DATA =
dist_dnslists_DATA += contrib/rules/examples/dns-lists/barracuda.rules
dist_dnslists_DATA += contrib/rules/examples/dns-lists/dbl.rules
dist_dnslists_DATA += contrib/rules/examples/dns-lists/dnswl.rules
dist_dnslists_DATA += contrib/rules/examples/dns-lists/dqs.rules
dist_dnslists_DATA += contrib/rules/examples/dns-lists/mailspike.rules
dist_dnslists_DATA += contrib/rules/examples/dns-lists/pbl.rules
dist_dnslists_DATA += contrib/rules/examples/dns-lists/spamcop.rules
dist_dnslists_DATA += contrib/rules/examples/dns-lists/surbl.rules
dist_dnslists_DATA += contrib/rules/examples/dns-lists/uribl.rules
dist_dnslists_DATA += contrib/rules/examples/dns-lists/zen.rules
EXTRA_DIST += contrib/fuzz.sh
EXTRA_DIST += contrib/lib/sendmail.sh
EXTRA_DIST += contrib/test.sh
EXTRA_DIST += contrib/GUIDE
dist_examples_DATA += contrib/rules/examples/05-recipients.rules
dist_examples_DATA += contrib/rules/examples/45-partners.rules
dist_examples_DATA += contrib/rules/examples/50-impersonation.rules
dist_examples_DATA += contrib/rules/examples/55-attachments.rules
dist_examples_DATA += contrib/rules/examples/60-office-hours.rules
dist_examples_DATA += contrib/rules/examples/65-phrases.rules

# Where shells and Vim look for what others bring.
bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = contrib/completion/verdict.bash
zshcompletiondir = $(datadir)/zsh/site-functions
dist_zshcompletion_DATA = contrib/completion/_verdict
fishcompletiondir = $(datadir)/fish/vendor_completions.d
dist_fishcompletion_DATA = contrib/completion/verdict.fish
vimftdetectdir = $(datadir)/vim/vimfiles/ftdetect
dist_vimftdetect_DATA = contrib/vim/ftdetect/verdict.vim
vimsyntaxdir = $(datadir)/vim/vimfiles/syntax
dist_vimsyntax_DATA = contrib/vim/syntax/verdict.vim

# The unit; the rest of what a packager places stands in contrib/debian.
systemdunit_DATA = contrib/unit/verdict-milter.service
contrib/unit/verdict-milter.service: contrib/verdict-milter.service
	$(AM_V_GEN)$(MKDIR_P) contrib/unit && \
	    sed 's|/usr/sbin/|$(sbindir)/|; s|/usr/bin/verdict|$(bindir)/verdict|; s|/etc/verdict/|$(sysconfdir)/verdict/|' \
	    $(srcdir)/contrib/verdict-milter.service >$@.tmp && mv $@.tmp $@
CLEANFILES += contrib/unit/verdict-milter.service
EXTRA_DIST += contrib/verdict-milter.service
systemdunit_DATA += contrib/unit/verdict-web.service
contrib/unit/verdict-web.service: contrib/verdict-web.service
	$(AM_V_GEN)$(MKDIR_P) contrib/unit && \
	    sed 's|/usr/bin/verdict|$(bindir)/verdict|; s|/etc/verdict/|$(sysconfdir)/verdict/|' \
	    $(srcdir)/contrib/verdict-web.service >$@.tmp && mv $@.tmp $@
CLEANFILES += contrib/unit/verdict-web.service
EXTRA_DIST += contrib/verdict-web.service
EXTRA_DIST += contrib/verdict.logrotate
EXTRA_DIST += contrib/verdict.tmpfiles
EXTRA_DIST += contrib/deb.sh
EXTRA_DIST += contrib/debian
EXTRA_DIST += contrib/snippets
dist_examples_DATA += contrib/grafana-dashboard.json
dist_examples_DATA += contrib/prometheus-alerts.yml

# The lists that the shipped rules ask, to be read; the program has its own.
listsdir = $(pkgdatadir)/lists
dist_lists_DATA = contrib/rules/lists/app-hosts.list
dist_lists_DATA += contrib/rules/lists/brands.list
dist_lists_DATA += contrib/rules/lists/buckets.list
dist_lists_DATA += contrib/rules/lists/cheap-tlds.list
dist_lists_DATA += contrib/rules/lists/free-mail.list
dist_lists_DATA += contrib/rules/lists/free-tenants.list
dist_lists_DATA += contrib/rules/lists/new-tlds.list
dist_lists_DATA += contrib/rules/lists/redirectors.list
dist_lists_DATA += contrib/rules/lists/shared-hosts.list
dist_lists_DATA += contrib/rules/lists/shorteners.list
dist_lists_DATA += contrib/rules/lists/throw-away-hosts.list
EXTRA_DIST += contrib/rules/README contrib/rules/evidence.py
