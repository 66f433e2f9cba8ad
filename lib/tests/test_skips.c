// SPDX-License-Identifier: GPL-2.0-only
/* skips.c: the reasons for skips, and the words by which they are required. */
#include <string.h>

#include "skips.h"
#include "unit.h"

static void test_reasons(void)
{
	const char *word;

	word = skip_word("no dirty ring");
	ok(word && !strcmp(word, "ring"), "a reason has its word");
	word = skip_word("no dirty ring with bitmap");
	ok(word && !strcmp(word, "ring_bitmap"), "one that begins like it has another");
	word = skip_word("guest_memfd memslots do not move");
	ok(word && !strcmp(word, SKIP_NO_MEANING), "what has no meaning has no word");
	ok(!skip_word("no dirty"), "a part of a reason is none");
	ok(!skip_word(""), "nothing is none");
}

static void test_words(void)
{
	char words[512], small[8];

	ok(skip_is_word("gmem") && skip_is_word("cpu"), "words");
	ok(!skip_is_word("gme") && !skip_is_word("no dirty ring") && !skip_is_word(""),
	   "no words");
	ok(!skip_is_word(SKIP_NO_MEANING), "what has no meaning cannot be required");
	skip_words(words, sizeof(words));
	ok(!strncmp(words, "gmem toggle ", 12) && !strstr(words, "gmem gmem") &&
	   !strchr(words, '-'), "all words, each once: %s", words);
	skip_words(small, sizeof(small));
	ok(strlen(small) < sizeof(small), "words that do not fit are cut");
}

int main(void)
{
	test_reasons();
	test_words();
	return unit_end();
}
