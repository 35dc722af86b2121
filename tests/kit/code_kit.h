#ifndef TESTS_KIT_CODE_KIT_H
#define TESTS_KIT_CODE_KIT_H

/*
 * Pictures of QR codes as they come in mail: small, turned, faint, blurred,
 * with round modules or a logo. The same of each call, in the arena.
 */

#include "tests/kit/document_kit.h"

struct kit_code_look {
	double module;  /* pixels */
	double degrees; /* turned by */
	double lean;    /* how far the lower end is shifted, of its height */
	double quiet;   /* modules around it */
	unsigned dark;  /* grey of the ink */
	unsigned light; /* grey of the paper */
	unsigned blur;  /* times that three pixels become their mean */
	unsigned noise; /* grey, up to so much more or less */
	unsigned shade; /* how much darker the right side is than the left */
	double round;   /* radius of a module of the data; 0: it is square */
	double logo;    /* of the side, in the middle */
	double gap;     /* paper between rows, of a module */
	size_t page;    /* a page of so many pixels around it, or 0 */
	int jpeg;       /* quality; for who packs it (not done here) */
};

struct kit_picture kit_code_picture_as(
    const char *text, const struct kit_code_look *look, struct arena *a);
/* What looks like lines of text, of letters so many pixels high. */
struct kit_picture kit_text_picture(
    size_t width, size_t height, size_t letter, struct arena *a);

#endif
