/*
 * Which charset a label from mail means: the labels of the WHATWG encoding
 * standard, which browsers and most mail clients follow, and names of code
 * pages that old mail programs write. Nothing else reaches iconv: a sender
 * could otherwise choose UTF-7, EBCDIC or one of glibc's odder modules, which
 * no mail client would read.
 */
#include "config.h"

#include "rules/text/charset.h"

#include <string.h>

/*
 * The labels of a row stand between blanks. ISO 8859-1 is read as
 * windows-1252, 8859-9 as windows-1254 and so on, as clients do; two that the
 * standard replaces by nothing (iso-2022-kr, hz) are read, for mail has them.
 */
/* clang-format off */
static const struct charset rows[] = {
	{ CHARSET_UTF8, NULL, " utf-8 utf8 unicode-1-1-utf-8 unicode11utf8 "
	    "unicode20utf8 x-unicode20utf8 utf-8-sig cp65001 " },
	{ CHARSET_ASCII, NULL, " us-ascii ascii ansi_x3.4-1968 iso646-us "
	    "iso-ir-6 ansi_x3.4-1986 csascii " },
	{ CHARSET_WESTERN, NULL, " iso-8859-1 iso8859-1 iso88591 iso_8859-1 "
	    "iso_8859-1:1987 latin1 latin-1 l1 iso-ir-100 csisolatin1 cp819 ibm819 "
	    "windows-1252 cp1252 cp-1252 x-cp1252 x-user-defined x-ansi " },
	{ CHARSET_ICONV, "ISO-8859-2", " iso-8859-2 iso8859-2 iso88592 "
	    "iso_8859-2 iso_8859-2:1987 latin2 latin-2 l2 iso-ir-101 csisolatin2 " },
	{ CHARSET_ICONV, "ISO-8859-3", " iso-8859-3 iso8859-3 iso88593 "
	    "iso_8859-3 iso_8859-3:1988 latin3 latin-3 l3 iso-ir-109 csisolatin3 " },
	{ CHARSET_ICONV, "ISO-8859-4", " iso-8859-4 iso8859-4 iso88594 "
	    "iso_8859-4 iso_8859-4:1988 latin4 latin-4 l4 iso-ir-110 csisolatin4 " },
	{ CHARSET_ICONV, "ISO-8859-5", " iso-8859-5 iso8859-5 iso88595 "
	    "iso_8859-5 iso_8859-5:1988 cyrillic iso-ir-144 csisolatincyrillic " },
	{ CHARSET_ICONV, "ISO-8859-6", " iso-8859-6 iso8859-6 iso88596 "
	    "iso_8859-6 iso_8859-6:1987 iso-8859-6-e iso-8859-6-i arabic asmo-708 "
	    "ecma-114 iso-ir-127 csiso88596e csiso88596i csisolatinarabic " },
	{ CHARSET_ICONV, "ISO-8859-7", " iso-8859-7 iso8859-7 iso88597 "
	    "iso_8859-7 iso_8859-7:1987 greek greek8 ecma-118 elot_928 "
	    "iso-ir-126 csisolatingreek sun_eu_greek " },
	{ CHARSET_ICONV, "ISO-8859-8", " iso-8859-8 iso8859-8 iso88598 "
	    "iso_8859-8 iso_8859-8:1988 iso-8859-8-e iso-8859-8-i hebrew visual "
	    "logical iso-ir-138 csiso88598e csiso88598i csisolatinhebrew " },
	{ CHARSET_ICONV, "ISO-8859-10", " iso-8859-10 iso8859-10 iso885910 "
	    "iso_8859-10 latin6 latin-6 l6 iso-ir-157 csisolatin6 " },
	{ CHARSET_ICONV, "ISO-8859-13", " iso-8859-13 iso8859-13 iso885913 "
	    "iso_8859-13 latin7 l7 " },
	{ CHARSET_ICONV, "ISO-8859-14", " iso-8859-14 iso8859-14 iso885914 "
	    "iso_8859-14 latin8 l8 " },
	{ CHARSET_ICONV, "ISO-8859-15", " iso-8859-15 iso8859-15 iso885915 "
	    "iso_8859-15 l9 latin9 latin-9 csisolatin9 " },
	{ CHARSET_ICONV, "ISO-8859-16", " iso-8859-16 iso8859-16 iso_8859-16 "
	    "latin10 l10 " },
	{ CHARSET_ICONV, "CP874", " windows-874 cp874 dos-874 x-cp874 tis-620 "
	    "tis620 iso-8859-11 iso8859-11 iso885911 iso_8859-11 " },
	{ CHARSET_ICONV, "CP1250", " windows-1250 cp1250 cp-1250 x-cp1250 win-1250 " },
	{ CHARSET_ICONV, "CP1251", " windows-1251 cp1251 cp-1251 x-cp1251 win-1251 " },
	{ CHARSET_ICONV, "CP1253", " windows-1253 cp1253 cp-1253 x-cp1253 " },
	{ CHARSET_ICONV, "CP1254", " windows-1254 cp1254 cp-1254 x-cp1254 "
	    "iso-8859-9 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 latin5 "
	    "latin-5 l5 iso-ir-148 csisolatin5 " },
	{ CHARSET_ICONV, "CP1255", " windows-1255 cp1255 cp-1255 x-cp1255 " },
	{ CHARSET_ICONV, "CP1256", " windows-1256 cp1256 cp-1256 x-cp1256 " },
	{ CHARSET_ICONV, "CP1257", " windows-1257 cp1257 cp-1257 x-cp1257 " },
	{ CHARSET_ICONV, "CP1258", " windows-1258 cp1258 cp-1258 x-cp1258 " },
	{ CHARSET_ICONV, "CP437", " cp437 ibm437 437 cspc8codepage437 " },
	{ CHARSET_ICONV, "CP850", " cp850 ibm850 850 cspc850multilingual " },
	{ CHARSET_ICONV, "CP852", " cp852 ibm852 852 cspcp852 " },
	{ CHARSET_ICONV, "CP866", " cp866 ibm866 866 csibm866 " },
	{ CHARSET_ICONV, "KOI8-R", " koi8-r koi8r koi8_r koi8 koi cskoi8r " },
	{ CHARSET_ICONV, "KOI8-U", " koi8-u koi8u koi8-ru " },
	{ CHARSET_ICONV, "MACINTOSH", " macintosh mac x-mac-roman csmacintosh "
	    "macroman " },
	{ CHARSET_ICONV, "MAC-CYRILLIC", " x-mac-cyrillic x-mac-ukrainian "
	    "maccyrillic " },
	{ CHARSET_ICONV, "GB18030", " gb2312 gb_2312 gb_2312-80 gbk gb18030 "
	    "chinese x-gbk cp936 ms936 windows-936 euc-cn x-euc-cn csgb2312 "
	    "csiso58gb231280 iso-ir-58 gb18030-2000 " },
	{ CHARSET_ICONV, "BIG5-HKSCS", " big5 big-5 big5-hkscs cn-big5 csbig5 "
	    "x-x-big5 x-big5 cp950 windows-950 big5hkscs " },
	{ CHARSET_ICONV, "EUC-JP", " euc-jp eucjp x-euc-jp x-euc ujis "
	    "cseucpkdfmtjapanese " },
	{ CHARSET_ICONV, "CP932", " shift_jis shift-jis shiftjis sjis x-sjis "
	    "ms932 ms_kanji windows-31j cp932 windows-932 csshiftjis cswindows31j " },
	{ CHARSET_ICONV, "ISO-2022-JP-2", " iso-2022-jp iso-2022-jp-1 "
	    "iso-2022-jp-2 iso-2022-jp-3 iso-2022-jp-ms cp50220 cp50221 "
	    "csiso2022jp " },
	{ CHARSET_ICONV, "CP949", " euc-kr euckr korean ks_c_5601-1987 "
	    "ks_c_5601-1989 ks_c_5601 ksc5601 ksc_5601 ksc5601-1987 cp949 ms949 "
	    "windows-949 uhc x-windows-949 iso-ir-149 cseuckr csksc56011987 " },
	{ CHARSET_ICONV, "ISO-2022-KR", " iso-2022-kr csiso2022kr " },
	{ CHARSET_ICONV, "ISO-2022-CN", " iso-2022-cn iso-2022-cn-ext " },
	{ CHARSET_ICONV, "UTF-16LE", " utf-16 utf16 utf-16le utf16le unicode "
	    "ucs-2 ucs2 ucs-2le iso-10646-ucs-2 csunicode unicodefeff "
	    "x-utf-16le " },
	{ CHARSET_ICONV, "UTF-16BE", " utf-16be utf16be unicodefffe ucs-2be "
	    "x-utf-16be " },
	{ CHARSET_ICONV, "UTF-32LE", " utf-32 utf32 utf-32le utf32le ucs-4 ucs4 "
	    "iso-10646-ucs-4 " },
	{ CHARSET_ICONV, "UTF-32BE", " utf-32be utf32be ucs-4be " },
};
/* clang-format on */
_Static_assert(ARRAY_COUNT(rows) == CHARSETS, "CHARSETS counts the rows");

#define LABEL_MAX 40

const struct charset *
charset_find(struct span label)
{
	char word[LABEL_MAX + 3];
	size_t n = 0;

	label = span_trim(label);
	/* Quotes that no header field knows, as some programs write them. */
	while (label.n > 0 && (label.p[0] == '\'' || label.p[0] == '"'))
		label = span_slice(label, 1, label.n);
	while (label.n > 0 && (label.p[label.n - 1] == '\'' ||
				  label.p[label.n - 1] == '"'))
		label.n--;
	if (label.n == 0 || label.n > LABEL_MAX)
		return NULL;
	word[n++] = ' ';
	for (size_t i = 0; i < label.n; i++) {
		char c = label.p[i];

		if (c <= ' ' || c > '~')
			return NULL;
		word[n++] = ascii_lower(c);
	}
	word[n++] = ' ';
	word[n] = '\0';
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
		if (strstr(rows[i].labels, word) != NULL)
			return &rows[i];
	return NULL;
}

size_t
charset_number(const struct charset *c)
{
	return (size_t)(c - rows);
}

const struct charset *
charset_at(size_t number)
{
	return &rows[number];
}

struct span
charset_of_mark(struct span text, size_t *octets)
{
	static const struct {
		struct span mark;
		struct span label;
	} row[] = {
		{ SPAN_INIT("\xef\xbb\xbf"), SPAN_INIT("utf-8") },
		{ SPAN_INIT("\xff\xfe\0\0"), SPAN_INIT("utf-32le") },
		{ SPAN_INIT("\0\0\xfe\xff"), SPAN_INIT("utf-32be") },
		{ SPAN_INIT("\xff\xfe"), SPAN_INIT("utf-16le") },
		{ SPAN_INIT("\xfe\xff"), SPAN_INIT("utf-16be") },
		/* Without its mark: a page or a text begins in ASCII. */
		{ SPAN_INIT("<\0!\0"), SPAN_INIT("utf-16le") },
		{ SPAN_INIT("\0<\0!"), SPAN_INIT("utf-16be") },
		{ SPAN_INIT("<\0?\0"), SPAN_INIT("utf-16le") },
		{ SPAN_INIT("\0<\0?"), SPAN_INIT("utf-16be") },
		{ SPAN_INIT("<\0h\0"), SPAN_INIT("utf-16le") },
		{ SPAN_INIT("\0<\0h"), SPAN_INIT("utf-16be") },
		{ SPAN_INIT("<\0s\0"), SPAN_INIT("utf-16le") },
		{ SPAN_INIT("\0<\0s"), SPAN_INIT("utf-16be") },
	};

	for (size_t i = 0; i < ARRAY_COUNT(row); i++)
		if (span_starts(text, row[i].mark)) {
			*octets = i < 5 ? row[i].mark.n : 0;
			return row[i].label;
		}
	*octets = 0;
	return SPAN("");
}
