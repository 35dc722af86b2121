#ifndef RULES_MATCH_PATTERNS_H
#define RULES_MATCH_PATTERNS_H

/*
 * All patterns that look at one kind of text, matched together.
 *
 * The life of a set: patterns_builder_new; patterns_add for each pattern,
 * which compiles it and reports the place of an error; patterns_build, which
 * makes the literal prefilter; optionally patterns_hs_attach or
 * patterns_cache_load while no other thread has the set yet; from then on it
 * is immutable, patterns_scan may be called by any number of threads at once,
 * and patterns_free ends it when nobody scans any more.
 *
 * A scan runs one prefilter over the text (literals that each pattern needs,
 * or Hyperscan where a database is attached; the words of patterns that are
 * phrases, where many share them: rules/match/phrases.h), and PCRE2 confirms
 * each candidate. What comes out is PCRE2's answer alone: the prefilters decide
 * nothing and the results are the same without them.
 *
 * Syntax and meaning are PCRE2's: in text sets UTF-8 with Unicode properties
 * (\w, \d and \b know all scripts), in byte sets bytes. A newline is LF.
 * \C and (*UTF) are errors.
 *
 * What bounds a hostile text: the match limit for each starting place, the
 * JIT stack (the interpreter's heap and depth without JIT), and, for patterns
 * that repeat without bound, the caller's stop function between stretches of
 * starting places.
 */

#include "rules/base/span.h"

enum pattern_flags {
	PATTERN_CASELESS = 1,  /* i */
	PATTERN_MULTILINE = 2, /* m: ^ and $ at each line */
	PATTERN_DOTALL = 4,    /* s: . matches LF, too */
	PATTERN_EXTENDED = 8,  /* x: white space and #... are not matched */
};

/*
 * Reads flags as they stand behind /.../ in a rule ("i", "sm"; "" is none).
 * False for an unknown or repeated letter, whose offset is stored in *bad.
 */
bool pattern_flags_parse(struct span letters, unsigned *flags, size_t *bad);

/* Where and why a pattern does not compile. */
struct pattern_error {
	size_t offset; /* octets into the pattern; may be its length */
	char message[160];
};

/* Bounds; a zero means the default. All memory in octets but heap_kib. */
struct patterns_options {
	bool raw;             /* byte patterns; else the text is valid UTF-8 */
	uint32_t match_limit; /* for each starting place: 100,000 */
	uint32_t depth_limit; /* interpreter only: 10,000 */
	uint32_t heap_kib;    /* interpreter only: 2,048 */
	size_t jit_stack_max; /* 1,048,576 */
	bool no_jit;          /* as where memory cannot be made executable */
	bool no_prefilter;    /* PCRE2 runs every pattern as it is written: for
	                         tests and benchmarks */
	bool phrases;         /* wherever there are any, and not only where they
	                         are faster: for tests */
	bool no_phrases;      /* for benchmarks */
};

struct patterns_builder;
struct patterns;

/* options may be NULL; it is copied. */
struct patterns_builder *patterns_builder_new(
    const struct patterns_options *options);
/* For an abandoned builder; sets *b to NULL; NULL inside is fine. */
void patterns_builder_free(struct patterns_builder **b);
/*
 * Compiles a pattern (the text between the slashes) and stores its index: 0
 * for the first and counting up; a pattern that the builder has already with
 * the same flags gets the same index. False on an error in the pattern; the
 * builder remains usable. Nothing keeps a pointer to the span.
 */
bool patterns_add(struct patterns_builder *b, struct span regex, unsigned flags,
    size_t *index, struct pattern_error *error) ATTR_USE_RESULT;
size_t patterns_builder_count(const struct patterns_builder *b);
/* Consumes the builder and sets *b to NULL. */
struct patterns *patterns_build(struct patterns_builder **b);
void patterns_free(struct patterns **p);

enum pattern_answer {
	PATTERN_NO,
	PATTERN_YES,
	PATTERN_LIMIT, /* ran into a bound: not known, and never "no" */
};

struct pattern_result {
	enum pattern_answer answer;
	/* When YES: the first match, in octets of the text scanned. */
	size_t offset;
	size_t length;
};

struct patterns_job {
	struct span text;
	/*
	 * Bit i % 64 of word i / 64: pattern i is wanted. NULL: all are. The
	 * others are answered with NO and cost next to nothing.
	 */
	const uint64_t *wanted;
	/*
	 * Asked before each pattern and between stretches of a long match: true
	 * makes all that is still open LIMIT. NULL: never. Must be quick (a
	 * look at a clock) and is called in the scanning thread.
	 */
	bool (*stop)(void *context);
	void *context;
};

size_t patterns_count(const struct patterns *p);
/* The pattern as it was added; lives as long as the set. */
struct span patterns_regex(
    const struct patterns *p, size_t index, unsigned *flags);

/* Fills patterns_count(p) results. Any thread; never waits. */
void patterns_scan(const struct patterns *p, const struct patterns_job *job,
    struct pattern_result *results);
/*
 * Whether any (wanted) pattern matches: YES with the lowest such index in
 * *index and the match in *result; LIMIT when none does and one is not known
 * (index is the first of those); else NO.
 */
enum pattern_answer patterns_first(const struct patterns *p,
    const struct patterns_job *job, size_t *index,
    struct pattern_result *result);

/* What a scan costs, for "verdict lint -v". */
struct patterns_stats {
	size_t count;
	size_t always;    /* no usable literal: PCRE2 runs each time */
	size_t literals;  /* that the prefilter looks for; 0: databases do */
	size_t jit;       /* compiled to machine code */
	size_t hyperscan; /* covered by the attached database, or 0 */
	size_t phrased;   /* by the words they are made of, or 0 */
	size_t memory;    /* octets of prefilter and patterns, roughly */
};
struct patterns_stats patterns_stats(const struct patterns *p);
/* Whether pattern index has a literal that the prefilter can look for. */
bool patterns_prefiltered(const struct patterns *p, size_t index);

/* "PCRE2 10.42 with JIT, Hyperscan 5.4.0", for --version. Returns out. */
#define PATTERNS_FEATURES_MAX 128
const char *patterns_features(char out[PATTERNS_FEATURES_MAX]);

/*
 * Hyperscan. Compiling takes up to minutes and hundreds of megabytes, so the
 * daemon never does: a separate process compiles and saves, and whoever
 * loads rules takes the file when it is there. Without Hyperscan at build
 * time all of these return false with a reason.
 */
struct buf;

/* Hex text and NUL: names all patterns, flags, our and the library's version
 * and the processor features that matter. A file name for the cache. */
#define PATTERNS_KEY_MAX 33
const char *patterns_hs_key(
    const struct patterns *p, char out[PATTERNS_KEY_MAX]);
/* True when the library is there and at least one pattern can profit. */
bool patterns_hs_wanted(const struct patterns *p);
/* Appends the serialized database to out. Slow; holds no lock. */
bool patterns_hs_compile(
    const struct patterns *p, struct buf *out, const char **why);
/*
 * Uses a database made by patterns_hs_compile for a set with the same key.
 * Anything else, truncated or damaged, is refused and changes nothing. Only
 * before other threads see the set. The bytes are copied.
 */
bool patterns_hs_attach(
    struct patterns *p, struct span bytes, const char **why);

/*
 * The same with a file "KEY.hs" in directory: load attaches it; save does so,
 * too, but compiles and writes it first (to a temporary name, mode 0644) when
 * there is no valid one. A file that others may write to is refused. For load
 * a missing file is false with *why = NULL.
 */
bool patterns_cache_save(
    struct patterns *p, const char *directory, const char **why);
bool patterns_cache_load(
    struct patterns *p, const char *directory, const char **why);

#endif
