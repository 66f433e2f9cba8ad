# SPDX-License-Identifier: GPL-2.0-only
#
# For ci/kernel/mutate: the C of one function, as far as mutating it takes.
#
# read_function() leaves
#   line[1..lines]    its lines, from that with its name to its last brace
#   text, start[i]    these as one string, and where line i begins in it
#   tok[1..toks]      its words and signs; at[k] is where one begins, mate[k] the other
#                     bracket, or k itself
#   live[k]           whether operators may change it: expressions are live; declarators,
#                     labels, asserts and what only an assert leads to are not
#   kind[s] ...       its statements, see add_statement()
#   cond_from[c] cond_to[c]   the tokens of its conditions

function fail(message) {
	printf "mutate: %s\n", message >"/dev/stderr"
	failed = 2
	exit failed
}

function load(path,    l) {
	if (path == loaded)
		return
	split("", file)
	file_lines = 0
	while ((getline l <(TREE "/" path)) > 0)
		file[++file_lines] = l
	close(TREE "/" path)
	if (!file_lines)
		fail("the tree has no " path)
	loaded = path
}

# names() and scope_end() find what ci/kernel/hunk finds.
function names(l, where,    i, after) {
	if (l !~ /^[a-z]/ && l !~ /^#define / && index(l, where) != 1)
		return 0
	i = index(l, where)
	after = substr(l, i + length(where), 1)
	return i && after !~ /[a-zA-Z0-9_]/ && (i == 1 || substr(l, i - 1, 1) !~ /[a-zA-Z0-9_]/)
}

function scope_end(i) {
	if (file[i] ~ /^#/)
		return 0
	while (i <= file_lines && file[i] !~ /{/)
		if (file[i++] ~ /;$/)
			return 0
	while (i <= file_lines && file[i] !~ /^}/)
		i++
	return i <= file_lines ? i : 0
}

function find_function(path, where,    i, j, found) {
	load(path)
	found = 0
	for (i = 1; i <= file_lines; i++) {
		if (!names(file[i], where))
			continue
		j = scope_end(i)
		if (!j)
			continue
		if (found)
			fail(path " has " where " twice, in lines " found " and " i)
		found = i
		last = j
	}
	if (!found)
		fail(path " has no function " where)
	first = found
}

# blanks N: that many.
function blanks(n,    s) {
	s = ""
	while (n-- > 0)
		s = s " "
	return s
}

# masked LINE: the same length, with blanks for comments, for what is in quotes, and for
# the preprocessor.  in_comment and in_directive go on from line to line.
function masked(l,    out, i, c, quote, n) {
	if (in_directive || l ~ /^[ \t]*#/) {
		in_directive = l ~ /\\$/
		return blanks(length(l))
	}
	out = quote = ""
	n = length(l)
	for (i = 1; i <= n; i++) {
		c = substr(l, i, 1)
		if (in_comment) {
			if (substr(l, i, 2) == "*/") {
				in_comment = 0
				i++
				out = out " "
			}
			out = out " "
		} else if (quote != "") {
			if (c == "\\") {
				i++
				out = out "  "
			} else if (c == quote) {
				quote = ""
				out = out c
			} else {
				out = out " "
			}
		} else if (substr(l, i, 2) == "/*") {
			in_comment = 1
			i++
			out = out "  "
		} else if (substr(l, i, 2) == "//") {
			return out blanks(n - i + 1)
		} else {
			if (c == "\"" || c == "'")
				quote = c
			out = out c
		}
	}
	return out
}

function read_text(    i, m) {
	text = m = ""
	in_comment = in_directive = 0
	lines = last - first + 1
	for (i = 1; i <= lines; i++) {
		line[i] = file[first + i - 1]
		start[i] = length(text) + 1
		text = text line[i] "\n"
		m = m masked(line[i]) "\n"
	}
	start[lines + 1] = length(text) + 1
	return m
}

# sign TEXT: the longest one that TEXT begins with.
function sign(s) {
	if (substr(s, 1, 3) ~ /^(<<=|>>=|\.\.\.)$/)
		return substr(s, 1, 3)
	if (substr(s, 1, 2) ~ /^(->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*\/%&|^]=)$/)
		return substr(s, 1, 2)
	return substr(s, 1, 1)
}

function tokenize(m,    pos, rest) {
	toks = 0
	pos = 1
	while (pos <= length(m)) {
		rest = substr(m, pos, 400)
		if (match(rest, /^[ \t\n]+/)) {
			pos += RLENGTH
			continue
		}
		at[++toks] = pos
		if (match(rest, /^[a-zA-Z_0-9]+/) || match(rest, /^"[^"]*"/) ||
		    match(rest, /^'[^']*'/))
			tok[toks] = substr(rest, 1, RLENGTH)
		else
			tok[toks] = sign(rest)
		pos += length(tok[toks])
	}
	tok[toks + 1] = tok[toks + 2] = ""
	at[toks + 1] = length(m)
}

function pair_brackets(    k, depth, open) {
	depth = 0
	split("", mate)
	for (k = 1; k <= toks + 2; k++)
		mate[k] = k
	for (k = 1; k <= toks; k++) {
		if (tok[k] ~ /^[({[]$/) {
			open[++depth] = k
		} else if (tok[k] ~ /^[])}]$/) {
			if (!depth)
				return 0
			mate[k] = open[depth]
			mate[open[depth--]] = k
		}
	}
	return !depth
}

function is_name(t) {
	return t ~ /^[a-zA-Z_]/ && !(t in KEYWORD)
}

# Can an expression end with this token?
function ends_operand(k) {
	return tok[k] ~ /^([a-zA-Z_0-9]+|"|[])])/ && !(tok[k] in KEYWORD)
}

# from FIRST-TOKEN, to behind LAST-TOKEN, in the text.
function from(k) {
	return at[k]
}

function behind(k) {
	return at[k] + length(tok[k])
}

function source(a, z) {
	return substr(text, from(a), behind(z) - from(a))
}

# squeezed TEXT: on one line.
function squeezed(s) {
	gsub(/[ \t\n]+/, " ", s)
	sub(/^ /, "", s)
	sub(/ $/, "", s)
	return s
}

# not_mutated WORD: is it an assert, a tracepoint or the like?
function not_mutated(word,    p) {
	for (p in SKIP)
		if (word == p || p ~ /\*$/ && index(word, substr(p, 1, length(p) - 1)) == 1)
			return 1
	return 0
}

function has_assert(a, z,    k) {
	for (k = a; k <= z; k++)
		if (not_mutated(tok[k]) && tok[k + 1] == "(")
			return 1
	return 0
}

function expression(a, z, dead,    k) {
	for (k = a; k <= z; k++)
		live[k] = !dead
}

function condition(a, z, dead) {
	expression(a, z, dead)
	if (dead || z < a)
		return
	cond_from[++conds] = a
	cond_to[conds] = z
}

# Only what initializes is live, and not the names of fields in it.
function declaration(a, z, dead,    k, on) {
	on = 0
	for (k = a; k <= z; k++) {
		if (!on && mate[k] > k)
			k = mate[k]
		else if (tok[k] == ",")
			on = 0
		else if (tok[k] == "=")
			on = 1
		else if (on && mate[k] > k) {
			expression(k, mate[k], dead)
			k = mate[k]
		} else
			live[k] = on && !dead
	}
	for (k = a; k <= z; k++)
		if (tok[k] == "." && tok[k - 1] ~ /^[{,]$/)
			live[k] = live[k + 1] = live[k + 2] = 0
}

# Two names, or a name, stars and another one, at the beginning.
function is_declaration(a, z,    k) {
	if (tok[a] in TYPE_WORD || tok[a] ~ /^(CLASS|LIST_HEAD|DEFINE_.*|DECLARE_.*)$/)
		return 1
	if (!is_name(tok[a]))
		return 0
	k = a + 1
	while (tok[k] == "*")
		k++
	return is_name(tok[k]) && tok[k + 1] ~ /^[=,;[]$/
}

# add_statement KIND FIRST LAST BLOCK BODY LABEL DEAD: its tokens; the block that it is
# directly in, none if it is the BODY of an if or a loop; whether a label stands before
# it.  KIND is simple, jump, declaration or other.
function add_statement(k, a, z, b, body, label, dead) {
	kind[++stmts] = k
	s_from[stmts] = a
	s_to[stmts] = z
	s_block[stmts] = b
	s_body[stmts] = body || label
	s_label[stmts] = label
	s_dead[stmts] = dead
}

# end_of A: the semicolon that ends what begins at A.
function end_of(k) {
	while (tok[k] != ";") {
		if (k > toks)
			return 0
		k = (mate[k] > k ? mate[k] : k) + 1
	}
	return k
}

function for_parts(a, z, dead,    k) {
	k = end_of(a)
	if (is_declaration(a, k - 1))
		declaration(a, k - 1, dead)
	else
		expression(a, k - 1, dead)
	a = k + 1
	k = end_of(a)
	condition(a, k - 1, dead)
	expression(k + 1, z, dead)
}

# A macro that loops, or takes a lock for a while: name(...), and no end.  Where it ends.
function header_macro(k) {
	if (!is_name(tok[k]) || tok[k + 1] != "(")
		return 0
	k = mate[k + 1]
	if (tok[k + 1] == "(")
		k = mate[k + 1]
	return tok[k + 1] == "{" || tok[k + 1] ~ /^[a-zA-Z_]/ ? k : 0
}

function simple(i, b, label, dead,    z, k) {
	z = end_of(i)
	if (!z)
		return 0
	if (is_declaration(i, z)) {
		k = "declaration"
		declaration(i, z - 1, dead)
	} else if (tok[i] ~ /^(return|goto|break|continue)$/) {
		k = "jump"
		expression(i + 1, z - 1, dead || tok[i] == "goto")
	} else {
		k = tok[i] == "fallthrough" || i == z ? "other" : "simple"
		expression(i, z - 1, dead)
	}
	if (k != "declaration" && not_mutated(tok[i]))
		k = "other"
	add_statement(k, i, z, b, !b, label, dead)
	return z + 1
}

function if_statement(i, dead,    z, assert) {
	z = mate[i + 1]
	assert = has_assert(i + 2, z - 1)
	condition(i + 2, z - 1, dead || assert)
	i = statement(z + 1, 0, 0, dead || assert)
	return i && tok[i] == "else" ? statement(i + 1, 0, 0, dead) : i
}

# statement I BLOCK LABEL DEAD: reads the one that begins at token I; where the next one
# does, 0 if it cannot be read.
function statement(i, b, label, dead,    z, n) {
	if (tok[i] == "{")
		return block(i, dead)
	if (tok[i] == "if")
		n = if_statement(i, dead)
	else if (tok[i] == "for") {
		z = mate[i + 1]
		for_parts(i + 2, z - 1, dead)
		n = statement(z + 1, 0, 0, dead)
	} else if (tok[i] == "while") {
		z = mate[i + 1]
		condition(i + 2, z - 1, dead || has_assert(i + 2, z - 1))
		n = statement(z + 1, 0, 0, dead)
	} else if (tok[i] == "switch") {
		z = mate[i + 1]
		expression(i + 2, z - 1, dead)
		n = statement(z + 1, 0, 0, dead)
	} else if (tok[i] == "do") {
		i = statement(i + 1, 0, 0, dead)
		if (!i || tok[i] != "while")
			return 0
		condition(i + 2, mate[i + 1] - 1, dead)
		n = mate[i + 1] + 2
	} else if ((z = header_macro(i))) {
		expression(i + 1, z, dead)
		header_from[++headers] = i
		header_to[headers] = z
		n = statement(z + 1, 0, 0, dead)
	} else
		return simple(i, b, label, dead)
	return n
}

# label I: where what follows a label begins; I itself if there is none.
function label_end(i) {
	if (tok[i] ~ /^(case|default)$/) {
		while (tok[i] != ":" && i <= toks)
			i++
		return i + 1
	}
	return is_name(tok[i]) && tok[i + 1] == ":" ? i + 2 : i
}

function block(i, dead,    z, b, k, label, before) {
	z = mate[i]
	b = ++blocks
	i++
	label = before = 0
	while (i && i < z) {
		k = label_end(i)
		if (k != i) {
			i = k
			label = 1
			before = 0
			continue
		}
		k = stmts
		i = statement(i, b, label, dead)
		# Of two in a row, with nothing else between.
		if (stmts == k + 1 && s_block[stmts] == b) {
			s_before[stmts] = before
			before = stmts
		} else
			before = 0
		label = 0
	}
	return i == z ? z + 1 : 0
}

# Arguments of asserts and tracepoints, and what no code is made of.
function kill_asserts(    k, j) {
	for (k = 1; k <= toks; k++)
		if (tok[k + 1] == "(" && (not_mutated(tok[k]) || tok[k] in OF_TYPES))
			for (j = k; j <= mate[k + 1]; j++)
				live[j] = 0
}

function read_function(path, where,    m, k) {
	find_function(path, where)
	m = read_text()
	tokenize(m)
	split("", live)
	split("", s_before)
	stmts = conds = blocks = headers = 0
	if (!pair_brackets())
		fail(path ": brackets of " where " do not match")
	for (k = 1; k <= toks && tok[k] != "{"; k++)
		if (tok[k] == "(")
			k = mate[k]
	body_from = k
	if (block(k, 0) != toks + 1)
		fail(path ": " where " cannot be read")
	kill_asserts()
}

function c_words(    n, i, w) {
	n = split("sizeof typeof offsetof container_of", w, " ")
	for (i = 1; i <= n; i++)
		OF_TYPES[w[i]]
	n = split("if else for while do switch case default return goto break continue " \
		  "sizeof", w, " ")
	for (i = 1; i <= n; i++)
		KEYWORD[w[i]]
	n = split("const static struct union enum unsigned signed int long short char bool " \
		  "void", w, " ")
	for (i = 1; i <= n; i++)
		TYPE_WORD[w[i]]
}
