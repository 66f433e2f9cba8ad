# SPDX-License-Identifier: GPL-2.0-only
#
# Part of ci/coverage: judges the counts of one architecture. Reads lines of words that
# tabs separate,
#
#   want PATH FUNCTION                     of ci/kernel/coverage-functions
#   object PATH                            a .c file whose object counts
#   range PATH FUNCTION FIRST LAST         where a function is in its file
#   text PATH LINE TEXT                    a line of it, without blanks around it
#   count PATH LINE N TAKEN BRANCHES MODES MODES are those that took the line
#   reason PATH FUNCTION TEXT REASON WHERE of ci/kernel/coverage-reasons
#
# in this order, and writes
#
#   function PATH FUNCTION TAKEN LINES BTAKEN BRANCHES MODES
#                                          MODES: each with how many lines it took
#   line PATH FUNCTION LINE TEXT REASON    a line that was never taken
#   part PATH FUNCTION LINE TEXT BTAKEN BRANCHES
#                                          one that was, but not all of its branches
#   unloaded PATH                          no machine ran this object
#   problem KIND TEXT                      table: an error in the tables; reason: a line
#                                          and its reason, or lack of one, disagree

BEGIN { FS = OFS = "\t" }

$1 == "want" { wanted[++wants] = $2 FS $3; known[$2, $3] = 1 }
$1 == "object" { object[$2] = 1 }
$1 == "range" { range[$2, $3] = range[$2, $3] $4 " " $5 " " }
$1 == "text" { text[$2, $3] = $4 }
$1 == "count" {
	counted[$2] = 1
	count[$2, $3] = $4
	taken[$2, $3] = $5
	branches[$2, $3] = $6
	modes[$2, $3] = $7
}
$1 == "reason" {
	if (reason[$2, $3, $4] != "")
		problem("table", $6 ": a second reason for " $3 ": " $4)
	reason[$2, $3, $4] = $5
	where[$2, $3, $4] = $6
}

function problem(kind, what) {
	print "problem", kind, what
}

# The reason for the line that is the nth of this text in the function: its own, that of
# all such lines, or that of the whole function.
function reason_of(path, name, what, nth,    key) {
	key = path SUBSEP name SUBSEP what " #" nth
	if (!(key in reason))
		key = path SUBSEP name SUBSEP what
	if (!(key in reason))
		key = path SUBSEP name SUBSEP "*"
	if (!(key in reason))
		return ""
	used[key] = 1
	return reason[key]
}

function judge_line(path, name, line,    what, why, word, n, i) {
	what = text[path, line]
	why = reason_of(path, name, what, ++times[path, name, what])
	lines++
	all += branches[path, line]
	went += taken[path, line]
	if (count[path, line] + 0 > 0) {
		ran++
		n = split(modes[path, line], word, " ")
		for (i = 1; i <= n; i++) {
			if (!(word[i] in by))
				order[++nr_modes] = word[i]
			by[word[i]]++
		}
		if (taken[path, line] < branches[path, line])
			print "part", path, name, line, what, taken[path, line], branches[path, line]
		# Whether a race is won is luck.
		if (why != "" && why !~ /^race: /)
			problem("reason", path ":" line " " name ": is taken, although: " why)
		return
	}
	print "line", path, name, line, what, why
	if (why == "")
		problem("reason", path ":" line " " name ": is never taken: " what)
}

function judge(path, name,    bound, n, i, line, list) {
	lines = ran = all = went = nr_modes = 0
	split("", by)
	n = split(range[path, name], bound, " ")
	for (i = 1; i < n; i += 2)
		for (line = bound[i] + 0; line <= bound[i + 1] + 0; line++)
			if ((path, line) in count)
				judge_line(path, name, line)
	if (!lines) {
		problem("table", path " " name ": " \
			(n ? "has no counts: was it compiled?" : "there is no such function"))
		return
	}
	for (i = 1; i <= nr_modes; i++)
		list = list (i > 1 ? " " : "") order[i] ":" by[order[i]]
	print "function", path, name, ran, lines, went, all, list
}

END {
	for (i = 1; i <= wants; i++) {
		split(wanted[i], part, FS)
		# A module of another CPU.
		if (!(part[1] in counted) && (part[1] in object)) {
			if (!unloaded[part[1]]++)
				print "unloaded", part[1]
			continue
		}
		judge(part[1], part[2])
	}
	for (key in reason) {
		split(key, part, SUBSEP)
		if (!known[part[1], part[2]])
			problem("table", where[key] ": " part[1] " " part[2] \
				" is not in the table of functions")
		else if (!(key in used) && !unloaded[part[1]])
			problem("table", where[key] ": " part[2] " has no such line: " part[3])
	}
}
