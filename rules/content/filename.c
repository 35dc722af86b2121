/*
 * File names without their disguises. It knows names only, not what is in the
 * file (filetype.c) nor where the name came from (mime_param.c).
 */
#include "config.h"

#include "rules/content/filename.h"

#include <string.h>

#include "rules/base/utf8.h"
#include "rules/text/rune.h"

#define SPACES_MANY 8

const char *const filename_flag_names[FILENAME_FLAG_COUNT] = {
	"name-bidi",
	"name-invisible",
	"name-control",
	"name-nul",
	"name-path",
	"name-trailing",
	"name-spaces",
	"name-double-extension",
	"name-long",
	"name-stream",
};

/* clang-format off */
static const char *const runs[] = {
	"0xe", "accda", "accde", "accdr", "accdt", "action", "ade", "adp",
	"ahk", "apk", "app", "appcontent-ms", "appimage", "appinstaller",
	"applescript", "application", "appref-ms", "appx", "appxbundle",
	"asx", "au3", "bas", "bash", "bat", "cda", "cdxml", "cer", "chm",
	"cmd", "cnt", "com", "command", "cpl", "crt", "csh", "deb",
	"deskthemepack", "desktop", "diagcab", "diagcfg", "diagpkg", "dll",
	"dmg", "dqy", "drv", "elf", "exe", "fileloc", "fish", "fxp", "gadget",
	"grp", "hlp", "hpj", "hta", "img", "inetloc", "inf", "ins", "ipa",
	"iqy", "iso", "isp", "its", "jar", "jnlp", "js", "jse", "ksh", "lib",
	"library-ms", "lnk", "mad", "maf", "mag", "mam", "maq", "mar", "mas",
	"mat", "mau", "mav", "maw", "mcf", "mda", "mdb", "mde", "mdn", "mdt",
	"mdw", "mdz", "mpkg", "msc", "msh", "msh1", "msh1xml", "msh2",
	"msh2xml", "mshxml", "msi", "msix", "msixbundle", "msp", "mst", "msu",
	"nsh", "ocx", "odc", "one", "onepkg", "onetoc2", "ops", "oqy", "osd",
	"paf", "pcd", "pif", "pkg", "plg", "ppkg", "prf", "prg",
	"printerexport", "ps1", "ps1xml", "ps2", "ps2xml", "psc1", "psc2",
	"psd1", "psm1", "psrc", "pssc", "pst", "py", "pyc", "pyd", "pyo",
	"pyw", "pyz", "pyzw", "rdp", "reg", "rpm", "rqy", "run", "scf",
	"scpt", "scr", "sct", "search-ms", "searchconnector-ms",
	"settingcontent-ms", "sfx", "sh", "shb", "shs", "slk", "sys", "tcl",
	"terminal", "theme", "themepack", "tmp", "tool", "u3p", "udf", "url",
	"vb", "vbe", "vbp", "vbs", "vbscript", "vdi", "vhd", "vhdx", "vmdk",
	"vsmacros", "vsw", "vxd", "webloc", "webpnp", "website", "wim", "wiz",
	"wll", "workflow", "wpk", "ws", "wsb", "wsc", "wsf", "wsh", "xbap",
	"xla", "xlam", "xll", "xlm", "xnk", "xpi", "zsh",
};
static const char *const archives[] = {
	"7z", "ace", "alz", "arc", "arj", "bz", "bz2", "cab", "cpio", "daa",
	"gz", "gzip", "img", "iso", "jar", "lha", "lz", "lz4", "lzh", "lzma",
	"rar", "r00", "r01", "rev", "tar", "tbz", "tbz2", "tgz", "txz", "tzst",
	"uue", "vhd", "vhdx", "wim", "xar", "xxe", "xz", "z", "zip", "zipx",
	"zst",
};
/* What a harmless file is called; before another extension a disguise. */
static const char *const harmless[] = {
	"avi", "bmp", "csv", "doc", "docm", "docx", "gif", "htm", "html",
	"jpeg", "jpg", "mov", "mp3", "mp4", "odp", "ods", "odt", "pdf", "png",
	"ppt", "pptx", "rar", "rtf", "svg", "tif", "tiff", "txt", "wav",
	"xls", "xlsx", "xml", "zip",
};
/* clang-format on */

static bool
word_in(struct span word, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (span_is(word, list[i]))
			return true;
	return false;
}

bool
filename_runs(struct span extension)
{
	return word_in(extension, runs, ARRAY_COUNT(runs));
}

bool
filename_runs_by_content(struct span extension)
{
	return span_is(extension, "com");
}

bool
filename_archive(struct span extension)
{
	return word_in(extension, archives, ARRAY_COUNT(archives));
}

/* Notes what a character hides; true when it is not to be kept. */
static bool
filename_rune(struct filename *out, uint32_t rune)
{
	unsigned flag = 0;

	if (rune == 0)
		flag = FILENAME_NUL;
	else if (rune < 0x20 || (rune >= 0x7f && rune < 0xa0))
		flag = FILENAME_CONTROL;
	else if (rune_bidi(rune))
		flag = FILENAME_BIDI;
	else if (rune_invisible(rune))
		flag = FILENAME_INVISIBLE;
	out->flags |= flag;
	return flag != 0;
}

/* The part behind the last slash or backslash. */
static struct span
filename_last_part(struct span name)
{
	for (size_t i = name.n; i-- > 0;)
		if (name.p[i] == '/' || name.p[i] == '\\')
			return span_slice(name, i + 1, name.n);
	return name;
}

/* The extension of name, which it takes off. */
static struct span
filename_cut_extension(struct span *name)
{
	size_t dot = span_find_last(*name, '.');
	struct span extension;

	if (dot == SIZE_MAX)
		return SPAN("");
	extension = span_slice(*name, dot + 1, name->n);
	name->n = dot;
	return span_trim(extension);
}

static bool
filename_many_spaces(struct span name)
{
	size_t spaces = 0;
	uint32_t rune;

	for (size_t i = 0; i < name.n;) {
		i += utf8_next(name, i, &rune);
		spaces = rune_space(rune) ? spaces + 1 : 0;
		if (spaces >= SPACES_MANY)
			return true;
	}
	return false;
}

/* Without dots and spaces at the end, as Windows stores it; of spaces all that
 * there are, for programs drop them before. */
static struct span
filename_strip_end(struct span name)
{
	while (name.n > 0) {
		size_t last = name.n - 1;
		uint32_t rune;

		while (last > 0 && ((unsigned char)name.p[last] & 0xc0) == 0x80)
			last--;
		(void)utf8_next(name, last, &rune);
		if (rune != '.' && !rune_space(rune))
			break;
		name.n = last;
	}
	return name;
}

/*
 * Which part of a name with a colon decides, of what stands before it and what
 * behind: the one that runs, or else the file itself. A time, or a title, is
 * no stream: the part before it ends like a file.
 */
static struct span
filename_of_stream(struct span clean, struct arena *a, struct filename *out)
{
	size_t colon = span_find(clean, ':');
	struct span file = span_slice(clean, 0, colon), rest = file, stream;
	struct span own = arena_lower(a, filename_cut_extension(&rest)), end;

	if (colon == SIZE_MAX ||
	    (!word_in(own, harmless, ARRAY_COUNT(harmless)) &&
		!filename_runs(own) && !filename_archive(own)))
		return clean;
	out->flags |= FILENAME_STREAM;
	stream = span_slice(clean, colon + 1, clean.n);
	stream.n = span_find(stream, ':') < stream.n ? span_find(stream, ':')
						     : stream.n;
	rest = stream;
	end = arena_lower(a, filename_cut_extension(&rest));
	return filename_runs(end) ? stream : file;
}

/* Without quotes around it, which some programs keep and others drop. */
static struct span
filename_unquote(struct span name)
{
	if (name.n > 2 && (name.p[0] == '\'' || name.p[0] == '"') &&
	    name.p[name.n - 1] == name.p[0])
		return span_slice(name, 1, name.n - 1);
	return name;
}

void
filename_read(struct span name, struct arena *a, struct filename *out)
{
	char *p = arena_alloc(a, name.n + 1);
	struct span clean = { p, 0 }, part, rest;
	uint32_t rune;

	*out = (struct filename){ .flags = name.n > 255 ? FILENAME_LONG : 0 };
	for (size_t i = 0; i < name.n;) {
		size_t n = utf8_next(name, i, &rune);

		if (!filename_rune(out, rune)) {
			memcpy(p + clean.n, name.p + i, n);
			clean.n += n;
		}
		i += n;
	}
	part = filename_strip_end(clean);
	if (part.n < clean.n)
		out->flags |= FILENAME_TRAILING;
	clean = filename_last_part(part);
	if (clean.n < part.n)
		out->flags |= FILENAME_PATH;
	if (filename_many_spaces(clean))
		out->flags |= FILENAME_SPACES;
	out->clean = clean = span_trim(filename_unquote(span_trim(clean)));
	rest = filename_of_stream(clean, a, out);
	out->extension = arena_lower(a, filename_cut_extension(&rest));
	part = arena_lower(a, filename_cut_extension(&rest));
	if (word_in(part, harmless, ARRAY_COUNT(harmless)) &&
	    filename_runs(out->extension))
		out->flags |= FILENAME_DOUBLE;
}
