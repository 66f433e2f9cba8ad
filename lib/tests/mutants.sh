#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Do the unit tests see a mistake? Plants one at a time in a copy of a file of
# lib/, or of another that they test, and expects that file's test to fail. Called
# by run.sh; unit.mk sets OBJ, CC and the flags.
set -u

dir=$OBJ/mutants
read -ra flags <<<"$CFLAGS_UNIT"

# Lines of: file, what goes wrong, sed script. The script must change the file;
# when it no longer does, bring it up to date.
mutants() {
	cat <<'END'
across|what goes astray is not seen|s/return nothing_astray(poison) &&/return (nothing_astray(poison) || 1) \&\&/
across|the content is not compared|s/!memcmp(mem.expected, mem.window, mem.window_bytes)/true/
across|a model is for the last byte alone|s/w->model(mem.expected + at, val)/memcpy(mem.expected + at, mem.window + at, w->bytes)/
across|what an opaque one leaves as it was is not seen|s/right && !memcmp(mem.wanted, mem.written, w->bytes)/right/
across|one poison, which may be what is written|s/i < ARRAY_SIZE(poisons); i++) {/i < 1; i++) {/
across|what crashes is wrong|s/if (!write_safely(w, mem.window + at, val))/if (write_safely(w, mem.window + at, val), 0)/
across|an opaque one is compared as a modelled one|s/return w->opaque ? /return 0 ? /
account|one done is read after started|/^void account_read_before/,/^}/ s/v->begun = .*/{ v->begun = a->load(\&v->stream->started); v->before = a->load(\&v->stream->done); }/
account|a buffer empties as its exit is counted|s/exits - v->marks\[0\].exits >= 2/exits - v->marks[0].exits >= 1/
account|a buffer never empties|s/exits - v->marks\[0\].exits >= 2/0/
account|out of KVM_RUN a buffer stays full|s/if (exits == ACCOUNT_OUT)/if (0)/
account|there are no buffers|/^static u64 first_buffered/,/^}/ s/a->exits ? v->flushed : //
account|reads go into a buffer|s/ && a->effects\[op->kind\] != OP_READS//
account|KVM's writes go into a buffer|s/return op->kind < a->first_emulated && a->eff/return a->eff/
account|only what has finished is in a buffer|s/n = first_buffered(a, v); n < v->begun/n = first_buffered(a, v); n < v->before/
account|a buffer's pages are not in the next ring|/^static void carry_over/,/^}/ s/carry_buffered(a, v);/(void)carry_buffered;/
account|a buffer's pages are nobody's|s/v->prev = first_of(a, v, v->from)/v->prev = v->from/
account|a new log gets nothing from a buffer|/^void account_log_begun/,/^}/ s/n = first_of(a, v, v->before)/n = v->before/
account|exits are read first|/^void account_read_before/,/^}/ s/v->before = .*/{ if (a->exits) read_exits(a, v); v->before = a->load(\&v->stream->done); }/
account|out of KVM_RUN what is under way is done|s/v->flushed = v->before;/v->flushed = v->begun;/
account|started is read before done|/^void account_read_before/,/^}/ s/v->before = .*/{ v->begun = a->load(\&v->stream->started); v->before = a->load(\&v->stream->done); }/
account|done is not read again|/v->ended = / s/a->load(.*/v->before;/
account|all that straddles is an excuse|s/n >= v->ended && n < v->begun/true/
account|nothing is an excuse|s/n >= v->ended && n < v->begun/false/
account|what ended is an excuse|s/n >= v->ended && n < v->begun/n < v->begun/
account|what begins meanwhile is an excuse|s/n >= v->ended && n < v->begun/n >= v->ended/
account|a read under way is none|s/if (under_way)/if (under_way \&\& effect == OP_WRITES)/
account|a write under way is none|s/if (under_way)/if (under_way \&\& effect != OP_WRITES)/
account|writes that straddle are not late|s/effect == OP_WRITES && a->stays)/0)/
account|a diverted write is late|s/effect == OP_WRITES && a->stays)/effect == OP_WRITES)/
account|writes around a memslot that goes are nothing|s/else if (effect == OP_WRITES || allowed/else if (allowed/
account|only writes straddle|s/else if (effect == OP_WRITES || allowed(.*/else if (effect == OP_WRITES)/
account|a write may show|/^static bool tell_finished/,/^}/ s/oracle_written/oracle_allowed/
account|a read must show|/^static bool tell_finished/,/^}/ s/oracle_allowed/oracle_written/
account|a failed compare is a read|/^static bool allowed/,/^}/ s/effect == OP_TRIES/0/
account|a read is a failed compare|/^static bool allowed/,/^}/ s/effect == OP_TRIES/1/
account|any read may show|/^static bool allowed/,/^}/ s/a->first_read &&/1 \&\&/
account|reads of warm pages may show|s/ && !(a->keeps && pageset_test(&a->warm, page))//
account|what is unmapped is warm|s/a->keeps && pageset_test/pageset_test/
account|emulated ops map pages|/^static void touch/,/^}/ s/op->kind >= a->first_emulated/0/
account|one page is warm|/^static void touch/,/^}/ s/op->page + i/op->page/
account|finished ops map nothing|/^static void account_finished/,/^}/ { /touch(/d }
account|straddlers map nothing|/^static void carry_over/,/^}/ { /touch(/d }
account|what is touched is warm at once|/^static void touch/,/^}/ s/a->touched/a->warm/
account|a second page is not written|/^static void account_finished/,/^}/ s/o, effect, op.page + i/o, effect, op.page/
account|a second page does not straddle|/^static void account_straddler/,/^}/ s/op.kind\], op.page + i/op.kind], op.page/
account|a second page is not in the ring|/^static void account_finished/,/^}/ s/may, op.page + i/may, op.page/
account|a straddler is not in the ring|/^static void account_straddler/,/^}/ s/pageset_set(.*/continue;/
account|a straddler is not in the next ring|/^static void carry_over/,/^}/ { /pageset_set/d }
account|rings never forget|/^static void carry_over/,/^}/ { /pageset_zero/d }
account|a diverted op is none in the ring|/^static void account_finished/,/^}/ s/pageset_set(&v->may, op.page);//
account|a diverted op has written|/^static void account_finished/,/^}/ s/if (account_is_diverted(.*/if (0) {/
account|diverted ops count where none are|/^bool account_is_diverted/,/^}/ s/if (a->stays)/if (0)/
account|the last diverted op counts|/^bool account_is_diverted/,/^}/ s/v->diverted\[i - 1\] >= n/i == v->nr_diverted/
account|the list of diverted ops is short|s/2 \* v->max_diverted + 64/64/
account|a straddler is counted twice|/^static void carry_over/,/^}/ s/v->from = v->after/v->from = v->before/
account|what was before the last harvest is blamed|/^static void carry_over/,/^}/ { /v->prev =/d }
account|what straddled is not blamed|/^static void carry_over/,/^}/ s/v->prev = .*/v->prev = v->after;/
account|what began last does not straddle|s/for (n = v->before; n < v->after; n++)$/for (n = v->before; n + 1 < v->after; n++)/
account|a diverted straddler is due|/^void account_settle/,/^}/ s/!account_is_diverted(a, v - a->vcpus, n)/true/
account|what was reported is due again|/^void account_settle/,/^}/ s/!pageset_test(reported, op.page)/true/
account|what has not finished is due|/^void account_settle/,/^}/ s/ && n < a->load(&v->stream->done)//
account|a straddling read is due|/^void account_settle/,/^}/ s/a->effects\[op.kind\] == OP_WRITES/true/
account|a straddler is due where the memslot stays|/^void account_settle/,/^}/ s/if (a->stays)/if (0)/
account|a straddler is never due|/^void account_settle/,/^}/ s/if (a->stays)/if (1)/
account|what is left in the log is forgotten|/^void account_left/,/^}/ s/oracle_written/oracle_allowed/
account|what is left in the log stays for ever|/^void account_left/,/^}/ { /pageset_zero/d }
account|a new log owes what was under way|/^void account_log_begun/,/^}/ s/oracle_allowed/oracle_written/
account|a new log has nothing of what was under way|/^void account_log_begun/,/^}/ { /oracle_allowed/d }
account|a new ring has nothing of what was under way|/^void account_log_begun/,/^}/ { /pageset_set/d }
account|a new log has the old ops|/^void account_log_begun/,/^}/ { /restart(/d }
account|a new log owes the straddlers|/^static void restart/,/^}/ { /v->before = n/d }
account|a read of what is warm is noted|/^static void note_read/,/^}/ s/ && !(a->settled && pageset_test(&a->warm, page))//
account|a read of what was unmapped is not noted|/^static void note_read/,/^}/ s/a->settled && //
account|a write is noted as a read|/^static void note_read/,/^}/ s/effect != OP_WRITES && //
account|a read makes a page warm that only a write does|/^static void touch/,/^}/ s/!a->reads_warm &&/0 \&\&/
account|straddling reads are forgotten|/^static void carry_over/,/^}/ { /note_read/d }
account|finished reads are not noted|/^static void account_finished/,/^}/ { /note_read/d }
account|reads are noted for ever|/^static void carry_over/,/^}/ { /zero(&v->read/d }
account|reads that straddle are not noted|/^static void account_straddler/,/^}/ { /note_read/d }
account|a ring may have anything|/^void account_ring/,/^}/ s/if (pageset_test(.*/if (1)/
account|a ring may have nothing|/^void account_ring/,/^}/ s/if (pageset_test/if (0 \&\& pageset_test/
account|a ring has its neighbour's|/^void account_ring/,/^}/ s/vcpus\[vcpu\]/vcpus[0]/
account|the second page's op is not found|/^bool account_find/,/^}/ s/page - op.page < stream_pages(v->stream, &op)/page == op.page/
account|a read is found for a write|/^bool account_find/,/^}/ s/a->effects\[op.kind\] == OP_WRITES/true/
account|a diverted op is found for a write|/^bool account_find/,/^}/ s/ &&$/ \&\&/;/^bool account_find/,/^}/ s/!account_is_diverted(a, vcpu, \*n)/true/
check|known pages are left|s/^	left = known_subtract(WRONG_LOST/	left = pageset_count(\&o->lost); (void)known_subtract(WRONG_LOST/
check|spurious pages are never known|s/^	left += known_subtract(WRONG_SPURIOUS.*$/	left += pageset_count(\&o->spurious);/
check|lost pages are judged as spurious|s/known_subtract(WRONG_LOST/known_subtract(WRONG_SPURIOUS/
check|one known page excuses all|s/^	return left;$/	return left < wrong ? 0 : left;/
check|what is left is no failure|s/^	if (left)$/	if (0)/
check|what is left is no verdict|s/return !left;/return true;/
check|a failure is of the second page|s/lost ? 1 : 0);/0);/
check|a block's first page need not be reported|s/was_reported(s, first) ? PAGE_IN_BLOCK : 0/was_reported(s, first) ? PAGE_IN_BLOCK : PAGE_IN_BLOCK/
check|a block's first page is like the others|s/if (page != first)/if (1)/
check|a block's first page needs no cause|s/nr - 1) ? PAGE_HEADS_BLOCK : 0/nr - 1) ? PAGE_HEADS_BLOCK : PAGE_HEADS_BLOCK/
check|reads are no cause for a block|s/return any_in(&s->read, first, nr) ||/return/
check|what was taken is no cause for a block|s/any_in(&s->taken_now, first, nr)/0/
check|reads are never forgotten|/^static void forget/,/^}/ { /pageset_zero(&s->read)/d }
check|reads are of no memslot|s/if (pageset_test(&s->read, page))/if (pageset_next(\&s->read, 0) < s->npages)/
check|every page is unreset|s/if (ring_unreset_page(s, page))/if (1)/
check|no page is unreset|s/if (ring_unreset_page(s, page))/if (0)/
check|what was taken is forgotten|/^static u64 subtract_known/,/^}/ { /pageset_or(&s->taken,/d }
check|every page was taken|s/if (pageset_test(&s->taken, page))/if (1)/
check|harvests before are always asked|s/s->t->blame \&\& i < ARRAY/i < ARRAY/; s/if (!s->t->blame || /if (/
check|the harvest before is not asked|s/i < ARRAY_SIZE(s->before)/i + 2 < ARRAY_SIZE(s->before)/
check|one harvest before is asked|s/i < ARRAY_SIZE(s->before)/i < 1/
check|ops are never forgotten|/^bool check_reported/,/^}/ { /nr_ops = 0/d }
check|the first op is blamed|s/for (i = (s64)t->nr_ops - 1; i >= 0; i--)/for (i = 0; i < t->nr_ops; i++)/
check|only the first memslot is judged|/^bool check_reported/,/^}/ s/forget(s);/forget(s); break;/
check|the bitmap is not looked at|s/page < s->npages \&\& !s->t->kvm_writes/0/
check|the op that is expected is not named|s/name_op(should, sizeof(should), history_last/name_op(should, sizeof(should), history_of/
check|the op that is found is not named|s/name_op(is, sizeof(is), history_of/name_op(is, sizeof(is), history_last/
check|the last page is not compared|s/min_t(u64, page + nr, s->npages)/min_t(u64, page + nr, s->npages - 1)/
contract|strictly all the same|s/return a->cpu || !options.strict/return true/
contract|nothing is the CPU's|s/return a->cpu || /return /
contract|every MMU is alike|s/(a->mmus & mmu)/(a->mmus | mmu)/
contract|any row will do|s/a->event == event \&\& //
contract|first reads on arm64|/{ EVENT_FIRST_READ/ s/MMU_SHADOW/MMU_SHADOW | MMU_STAGE2/
contract|walks without accessed bits|/{ EVENT_PT_WALK/ s/MMU_X86_AD/MMU_X86_AD | MMU_TDP_NOAD/
known|what no probe shows|s/return shown\[k->finding\] \&\& /return /
known|all show what one does|s/shown\[f\] = is;/memset(shown, is, sizeof(shown));/
known|every MMU|s/return (k->mmus & mmu_mode()) \&\& /return /
known|every test|s/ \&\& !fnmatch(k->tests, test, FNM_EXTMATCH)//
known|plain globs|s/fnmatch(k->tests, test, FNM_EXTMATCH)/fnmatch(k->tests, test, 0)/
known|however a page is wrong|s/return (k->wrong & how) \&\& /return /; s/if ((knowns\[i\].wrong & wrong) \&\& /if (knowns[i].wrong \&\& /
known|whatever is true of a page|s/(k->needs & facts->bits) == k->needs/true/
known|whatever the test saw|s/(k->saw & now.saw) == k->saw \&\&/true \&\&/
known|every kind of op|s/(!k->kinds || !fnmatch(k->kinds, facts->kind, FNM_EXTMATCH))/true/
known|a known page stays|/^u64 known_subtract/,/^}/ { /pageset_clear(set, page)/d }
known|what is taken is not told|/^u64 known_subtract/,/^}/ s/if (taken)/if (0)/
known|unknown pages are not counted|/^u64 known_subtract/,/^}/ s/left++/left += 0/
known|nothing applies, nothing is left|s/return pageset_count(set);/return 0;/
known|pages are counted twice|s/now.pages\[rows\[i\]->finding\]++;/now.pages[rows[i]->finding] += 2;/
known|a test begins with what the last took|/^void known_begin/,/^}/ { /memset/d }
known|any failure|s/!k->failure || fnmatch(k->failure, failure, FNM_EXTMATCH) || //
known|any complaint of the kernel|s/^		    !fnmatch(knowns\[i\].splat, splat, 0))/		    1)/
known|a WARN that no probe shows|s/knowns\[i\].splat \&\& shown\[knowns\[i\].finding\] \&\&/knowns[i].splat \&\&/
known|the last line stays|/^void known_tell/,/^}/ s/if (now.line\[0\])/if (0)/
known|a summary runs past its buffer|s/snprintf(buf + n, size - n, "known/snprintf(buf + n, 64, "known/
known|what was seen is unseen|/^const char \*known_unseen/,/^}/ s/!now.times\[f\]/now.times[f]/
known|unseen where it cannot show|/^const char \*known_unseen/,/^}/ s/shown\[f\] \&\& //
known|one page of a block is enough|s/\.needs = PAGE_IN_BLOCK/.needs = 0/
known|a lost image needs no loss|s/\.needs = PAGE_TAKEN/.needs = 0/
known|signals excuse every page|s/\.needs = PAGE_UNRESET/.needs = 0/
known|reads are known on guest_memfd|s/"!(gmem|gmem_mapped|gmem_huge)"/"*"/
known|overruns are never seen|s/\.saw = SAW_OVERRUN/.saw = 4/
known|overruns need not be seen|s/\.saw = SAW_OVERRUN/.saw = 0/
history|the latest op is forgotten|s/for (i = h->nr; i > oldest/for (i = h->nr - 1; i > oldest/
history|the oldest op is found first|s/h->entries\[(i - 1) % HISTORY_OPS\]/h->entries[(h->nr - i + oldest) % HISTORY_OPS]/
history|an op ends too late|s/mem < e->mem + e->kind->bytes/mem <= e->mem + e->kind->bytes/
history|an op begins too late|s/mem >= e->mem/mem > e->mem/
history|one byte is enough|s/end - at);$/1);/
history|bytes that were not kept are compared|s/end = min_t(u64, e->kind->bytes, HISTORY_BYTES)/end = e->kind->bytes/
image|a page is copied short|s/size \/ sizeof(u64));$/size \/ sizeof(u64) - 1);/
image|the last page is not compared|s/img->npages \* words - skip)/(img->npages - 1) * words - skip)/
image|the place is counted from where it begins|s/return page + words_same/return words_same/
image|it begins a page late|s/skip = page \* words/skip = (page + !!page) * words/
image|the first page is copied for every other|s/u64 at = page \* img->page_size;/u64 at = 0;/
names|only neighbours are compared|s/qsort(.*/(void)compare_names;/
names|the last name is not compared|s/i < nr; i++/i + 1 < nr; i++/
options|a word sets the next one's bit|s/|= 1ull << i/|= 2ull << i/
options|a number of one's own has no lower bound|s/ v < min ||//
options|the replay forgets numbers of one's own|s/ != more_default\[i\]/ == more_default[i]/
oracle|straddled writes are due at once|s/(open & ~put_off)/open/
oracle|a straddler in neither harvest|/^static u64 judge_word/,/^}/ s/ | o->owed.words\[i\];/;/
oracle|what was put off is never due|s/due = (o->due.words\[i\] & ~buffered) | /due = /
oracle|what was put off is put off again|s/(o->due.words\[i\] & ~buffered)/(o->due.words[i] \& ~buffered \& ~o->busy.words[i])/
oracle|an excuse for all is none|s/&o->due, i, put_off & ~seen/\&o->due, i, 0/
oracle|put off though it was seen|s/put_off & ~seen/put_off/
oracle|owed though it was seen|s/late & ~seen/late/
oracle|what is owed is due at once|s/(open & ~put_off)/o->owed.words[i] | (open \& ~put_off)/
oracle|what is in a buffer is due|s/ | ((open | o->due.words\[i\]) & buffered)//
oracle|what is in a buffer is put off once|s/((open | o->due.words\[i\]) & buffered)/(open \& buffered)/
oracle|what was put off is lost though buffered|s/(o->due.words\[i\] & ~buffered)/o->due.words[i]/
oracle|what is in a buffer may not show|/^void oracle_buffered/,/^}/ { /oracle_around/d }
oracle|nothing is in a buffer|/^void oracle_buffered/,/^}/ { /set(&o->buffered/d }
oracle|a page stays in the buffer|/zero_group(&o->buffered/d
oracle|a reset keeps what is in a buffer|/^void oracle_reset/,/^}/ { /buffered/d }
oracle|what has not finished is owed|/^void oracle_unfinished/,/^}/ s/pageset_clear.*/(void)o;/
oracle|a read leaves a page due|/^void oracle_around/,/^}/ s/around, page/late, page/
oracle|all straddlers are an excuse|/^void oracle_around/,/^}/ s/&o->around, page/\&o->busy, page); pageset_set(\&o->around, page/
oracle|a write that straddles is an excuse|/^void oracle_straddled/,/^}/ s/oracle_around(/oracle_busy(/
oracle|what was read around is forgotten|/^void oracle_around/,/^}/ { /set(&o->around/d }
oracle|an excuse is not around|/^void oracle_busy/,/^}/ { /oracle_around/d }
oracle|nothing is put off|/^void oracle_busy/,/^}/ { /set(&o->busy/d }
oracle|a write leaves nothing due|/^void oracle_straddled/,/^}/ { /late/d }
oracle|what is lost stays due|/zero_group(&o->must/d
oracle|straddlers are forgotten late|/zero_group(&o->late/d
oracle|what is around is forgotten late|/zero_group(&o->around/d
oracle|a page stays busy|/zero_group(&o->busy/d
oracle|allowances never end|s/&o->may, i, o/\&o->may, i, o->may.words[i] | o/
oracle|only an excuse may show late|s/&o->may, i, o->around.words\[i\]/\&o->may, i, o->busy.words[i]/
oracle|only a write may show late|s/&o->may, i, o->around.words\[i\]/\&o->may, i, late/
oracle|allowances never end where it is quiet|/zero_group(&o->may/d
oracle|quiet though something straddles|s/pageset_has_group(&o->around, group)/0/
oracle|quiet though pages are owed|s/pageset_has_group(&o->owed, group)/0/
oracle|quiet though pages were put off|s/pageset_has_group(&o->due, group)/0/
oracle|only what is reported is judged|s/reported->groups\[i\] | o->must.groups\[i\]/reported->groups[i]/
oracle|only what was written is judged|s/= reported->groups\[i\] | /= /
oracle|what is owed is not looked at|s/ | o->may.groups\[i\]//
oracle|a straddler not in both harvests|s/&o->may, i, o->around.words\[i\]/\&o->may, i, o->due.words[i] | o->owed.words[i]/
oracle|a straddler not in the first harvest|/^void oracle_around/,/^}/ { /may/d }
oracle|writes need not be reported|/^void oracle_written/,/^}/ { /must/d }
oracle|allowances must be used|/^void oracle_allowed/,/^}/ s/may/must/
oracle|reported pages are lost|s/lost = due & ~seen/lost = due/
oracle|lost pages are not counted|s/__builtin_popcountll(lost)/0/
oracle|spurious pages are not counted|s/__builtin_popcountll(spurious)/0/
oracle|the last word is not judged|s/i < pageset_group_end(reported, group)/i + 1 < pageset_group_end(reported, group)/
oracle|written pages are spurious|s/~(o->must.words\[i\] | o->may.words\[i\])/~o->may.words[i]/
oracle|a reset keeps what is owed|/^void oracle_reset/,/^}/ { /owed/d }
oracle|a reset keeps what was put off|/^void oracle_reset/,/^}/ { /due/d }
oracle|a reset keeps who is busy|/^void oracle_reset/,/^}/ { /busy/d }
oracle|a reset keeps what is around|/^void oracle_reset/,/^}/ { /around/d }
oracle|a reset keeps a straddler|/^void oracle_reset/,/^}/ { /late/d }
pageset|a full set has a tail|s/if (tail)/if (0)/
pageset|a full set lacks its last page|s/(1ull << tail) - 1/(1ull << (tail - 1)) - 1/
pageset|next looks before its start|s/ & (~0ull << (from % PAGESET_BITS))//
pageset|next stops a word early|s/i >= pageset_nr_words(s)/i + 1 >= pageset_nr_words(s)/
pageset|a group stops a word early|/^static u64 next_word/,/^}/ s/; i < pageset_group_end(s, group)/; i + 1 < pageset_group_end(s, group)/
pageset|next sees one group|s/pageset_next_group(s, group + 1)/pageset_nr_groups(s)/
pageset|groups end with their first word|s/++i >= pageset_nr_marks(s)/i < pageset_nr_marks(s)/
pageset|a filled set has one group|/^void pageset_fill/,/^}/ s/mark_group(s, group)/mark_group(s, 0)/
pageset|a group is never empty again|/^void pageset_zero_group/,/^}/ { /groups\[/d }
pageset|zero looks at no group but the first|/^void pageset_zero(/,/^}/ s/group(s, group)/group(s, 0)/
pageset|or forgets the group|/^void pageset_or/,/^}/ { /mark_group/d }
pageset|andnot forgets the group|/^static u64 andnot_group/,/^}/ { /mark_group/d }
pageset|andnot keeps what is in neither|/^u64 pageset_andnot/,/^}/ s/!pageset_has_group/pageset_has_group/
pageset|a survey adds to the last one|/^u64 pageset_survey/,/^}/ { /words_fill/d }
pageset|a survey keeps bits past the end|s/ &= ~extra/ \&= ~0ull/
pageset|a survey ends a word early|/^static void survey_group/,/^}/ s/group_end(s, group) - first/group_end(s, group) - first - 1/
words|the last words are not filled|s/i < nr; i++)$/i + 1 < nr; i++)/
words|only whole blocks are looked at|s/return !nr;/return true;/
words|half of a block is looked at|/^static bool block_is_zero/,/^}/ s/i < BLOCK/i < BLOCK \/ 2/
words|half of a block is compared|/^static bool blocks_are_same/,/^}/ s/i < BLOCK/i < BLOCK \/ 2/
words|bytes behind whole words are the same|s/at < bytes \&\& /0 \&\& /
words|a word is compared of which only bytes count|s,bytes / sizeof,(bytes + 7) / sizeof,
words|a block past the end|s/i + BLOCK <= nr/i <= nr/
pageset|or replaces|s/|= src->words/= src->words/
pageset|andnot keeps what is only in b|s/a->words\[i\] & ~b->words\[i\]/a->words[i] ^ b->words[i]/
options|a list has room for one more|s/if (n == m->max_nr)/if (n > m->max_nr)/
options|a list has no upper bound|s/ || v > (s64)m->max || (\*at/ || (*at/
options|units are powers of ten|s/v <<= 10 \* (unit - units + 1);/v *= 1000;/
options|rubbish after a number|s/ || \*end//
options|no glob selects everything|s/return !options.nr_globs/return true/
options|the replay is not strict|s/options.strict ? " --strict" : ""/""/
options|the replay runs past its buffer|s/size - n, /size, /
procfs|a line keeps its newline|s/buf\[strcspn(buf, "\\n")\]/buf[size - 1]/
procfs|a name that begins like it is the field|s/^	    strspn(.*/	    0)/
procfs|the last of two fields|s/while (f \&\& !value \&\& getline/while (f \&\& getline/
procfs|a long line is two|s/getline(&line, &room, f) > 0/(room = 512, line = line ?: malloc(room), fgets(line, room, f))/
procfs|a word is the number 0|s/return end == line ? absent : nr;/return nr;/
procfs|KiB are bytes|s/ << 10//
procfs|only Y is true|s/ || line\[0\] == '1'//
report|one line too many|s/>= REPORT_MAX_LINES/> REPORT_MAX_LINES/
report|text runs past the buffer|s/report.size - len/report.size/
report|details are cut|s/report.reason\[len\] = 0/(void)len/
report|the place of a check is not told|s/if (report.file)/if (0)/
report|the place is another test's|/report.file = NULL;/d
report|a known failure is one|s/report.known \&\& report.known(line)/0/
report|each failure starts anew|s/report.failures++/report.failures = 1, 0/
report|a note hides a failure|/^void report_note/,/^}/ s/if (report.failures)/if (0)/
report|a fatal failure is a skip|s/_exit(report.verdict())/_exit(4)/
report|libkvm's exit(4) is a skip|s/on_exit(exit_is_failure, NULL)/(void)exit_is_failure/
splat|a KASAN report is nothing|s/"BUG", //
ringlog|65 pages are a batch|s/apart < BATCH/apart <= BATCH/
ringlog|batches go on in the next ring|s/return a->vcpu == b->vcpu \&\& /return /
ringlog|batches go on in the next memslot|s/ \&\& a->slot == b->slot//
ringlog|a batch backwards has no end|s/a->page > b->page ? a->page - b->page : b->page - a->page/a->page - b->page/
ringlog|the first of a call is left out|s/while (i > first /while (i > first + 1 /
ringlog|an earlier call's entries|s/while (i > first /while (i /
ringlog|any vCPU is the same|s/x->vcpu < y->vcpu ? -1 : x->vcpu > y->vcpu/0/
ringlog|any memslot is the same|s/if (x->slot != y->slot)/if (0)/
ringlog|a run is one entry at most|s/while (end < l->nr/while (0/
splat|a complaint without words|s/text\[1\] == '-'/0/
report|a skip hides failures|/^void report_skip/,/^}/ s/if (status)/if (0)/
report|a skip asks no verdict|s/status = report.verdict();/status = report.failures;/
report|a skip hides what is known|/^void report_skip/,/^}/ s/if (status)/if (report.failures)/
report|a skip for any reason|s/if (!word) {/if (0) {/
report|nothing is required|s/else if (options_require(word))/else if (0)/
options|nothing is required|/^bool options_require/,/^}/ s/!strcmp/strcmp/
options|any word is required|s/if (!skip_is_word(word))/if (0)/
skips|a reason need only begin alike|/^const char .skip_word/,/^}/ s/!strcmp(skips\[i\].reason, reason)/!strncmp(skips[i].reason, reason, strlen(reason))/
skips|what has no meaning is required|s/return strcmp(word, SKIP_NO_MEANING)/return true/
skips|words come as often as reasons|s/return !i ||/return true || !i ||/
splat|new taint is nothing|/^bool splat_check/,/^}/ s/return tainted;/return false;/
splat|taint is each process's own|s/MAP_SHARED | MAP_ANONYMOUS/MAP_PRIVATE | MAP_ANONYMOUS/
splat|taint is told again and again|s/seen->taint = now;/(void)now;/
splat|what warned once is quiet|/^bool splat_mark/,/^}/ s/forget_warnings();/(void)forget_warnings;/
splat|the second complaint is left to the next test|s/found = true;/return true;/
END
}

# Few mutants need the sanitizers in the mutated file, which take most of the time.
fast=(-O0 -fno-sanitize=all)

source_of() {
	if [[ -e lib/$1.c ]]; then echo "lib/$1.c"; else echo "tests/stress/$1.c"; fi
}

# run_mutant FILE MUTANT FLAGS...: the status of the test with it; 125 if it does not
# compile.
run_mutant() {
	local test=test_$1 ldflags=LDFLAGS_test_$1 mutant=$2
	shift 2
	# shellcheck disable=SC2086 # no flags are no argument
	"$CC" "${flags[@]}" "$@" -c "$mutant.c" -o "$mutant.o" 2>"$mutant.log" &&
		"$CC" "${flags[@]}" ${!ldflags-} "$mutant.o" "$OBJ/lib/tests/$test.o" \
			"$OBJ/libunit.a" -o "$mutant" 2>>"$mutant.log" || return 125
	UNIT_FAIL_FAST=1 timeout 60 "$mutant" >"$mutant.log" 2>&1
}

# try N FILE WHAT SCRIPT: prints one result. What does not apply, does not
# compile or does not end has shown nothing, and counts as a failure.
try() {
	local n=$1 file=$2 what=$3 script=$4
	local name="mutant of $file.c: $what" mutant=$dir/$1 status=0 src
	src=$(source_of "$file")
	if ! sed "$script" "$src" >"$mutant.c" || cmp -s "$src" "$mutant.c"; then
		echo "not ok $n - $name: changes nothing: $script"
		return
	fi
	run_mutant "$file" "$mutant" "${fast[@]}" || status=$?
	[[ $status -ne 0 ]] || run_mutant "$file" "$mutant" || status=$?
	case $status in
	0) echo "not ok $n - $name: not found by test_$file" ;;
	124) echo "not ok $n - $name: test_$file does not end" ;;
	125) echo "not ok $n - $name: does not compile: $mutant.log" ;;
	*) echo "ok $n - $name: $(grep -m 1 -e '^not ok' -e Sanitizer -e 'runtime error' "$mutant.log")" ;;
	esac
}

# control N FILE: built as its mutants are, what is right passes, or none means anything.
control() {
	local name="$2.c as it is" mutant=$dir/$1
	cp "$(source_of "$2")" "$mutant.c"
	if run_mutant "$2" "$mutant" "${fast[@]}"; then
		echo "ok $1 - $name"
	else
		echo "not ok $1 - $name: $mutant.log"
	fi
}

rm -rf "$dir" && mkdir -p "$dir" || exit
n=0
for file in $(mutants | cut -d'|' -f1 | sort -u); do
	n=$((n + 1))
	control "$n" "$file" >"$dir/$n.result"
done
while IFS='|' read -r file what script; do
	n=$((n + 1))
	while (($(jobs -rp | wc -l) >= $(nproc))); do
		wait -n
	done
	try "$n" "$file" "$what" "$script" >"$dir/$n.result" &
done < <(mutants)
wait
for ((i = 1; i <= n; i++)); do
	cat "$dir/$i.result"
done
echo "1..$n"
! grep -q '^not ok' "$dir"/*.result
