# SPDX-License-Identifier: GPL-2.0-only
#
# For ci/kernel/mutate: the operators, on a function that mutate-c.awk has read.  Each
# calls edit() for what it changes, and then mutant().

# edit FROM BEHIND TEXT: of the function's text; several must not overlap.
function edit(a, b, s,    i) {
	for (i = ++edits; i > 1 && e_from[i - 1] > a; i--) {
		e_from[i] = e_from[i - 1]
		e_behind[i] = e_behind[i - 1]
		e_text[i] = e_text[i - 1]
	}
	e_from[i] = a
	e_behind[i] = b
	e_text[i] = s
}

function put(k, s) {
	edit(from(k), behind(k), s)
}

# Is K live, and a sign with an operand on either side?
function binary(k) {
	return live[k] && ends_operand(k - 1)
}

# --- where expressions end -------------------------------------------------------

# What binds less than |.
function ends_flags(t) {
	return t == "" || t ~ /^([]),;:?}{(|[]|return|&&|\|\||[-+*\/%&|^]?=|<<=|>>=|==|!=|<=?|>=?)$/
}

# flag_start K: where the operand of | that ends before token K begins.
function flag_start(k) {
	for (k--; k > body_from; k--) {
		if (mate[k] < k)
			k = mate[k]
		else if (ends_flags(tok[k]))
			break
	}
	return k + 1
}

function flag_end(k) {
	for (k++; k <= toks; k++) {
		if (mate[k] > k)
			k = mate[k]
		else if (ends_flags(tok[k]))
			break
	}
	return k - 1
}

# term_start K: of a name, call or element that ends at K, with all before its -> and
# dots.  0 if it is none.
function term_start(k) {
	while (1) {
		while (tok[k] ~ /^[])]$/)
			k = mate[k] - 1
		if (tok[k] !~ /^[a-zA-Z_0-9]/ || tok[k] in KEYWORD)
			return 0
		if (tok[k - 1] !~ /^(->|\.)$/)
			return k
		k -= 2
	}
}

# term_end K: of a name, call or element that begins at K.
function term_end(k) {
	if (tok[k] !~ /^[a-zA-Z_0-9]/)
		return 0
	while (1) {
		while (tok[k + 1] ~ /^[([]$/)
			k = mate[k + 1]
		if (tok[k + 1] !~ /^(->|\.)$/)
			return k
		k += 2
	}
}

# term_name A Z: what it is called: of a call the function, else the last field.
function term_name(a, z) {
	while (tok[z] ~ /^[])]$/)
		z = mate[z] - 1
	return tok[z]
}

# top_level A Z PATTERN: the first such token behind A that is in no bracket, 0 if there is
# none.
function top_level(a, z, pattern,    k) {
	for (k = a; k <= z; k++) {
		if (mate[k] > k)
			k = mate[k]
		else if (k > a && tok[k] ~ pattern)
			return k
	}
	return 0
}

# --- delete, swap, lock --------------------------------------------------------------

# leave_out STATEMENT: the only one of an if, or behind a label, leaves its semicolon.
function leave_out(s) {
	edit(from(s_from[s]), behind(s_to[s]), s_body[s] ? ";" : "")
}

# lock_word STATEMENT: the call that it consists of, if that takes or releases a lock.
function lock_word(s,    k) {
	k = s_from[s]
	if (tok[k + 1] == "=")
		k += 2
	return tok[k + 1] == "(" && (tok[k] in LOCK || tok[k] in RELEASE) ? k : 0
}

function may_go(s) {
	return !s_dead[s] && kind[s] ~ /^(simple|jump)$/ && !lock_word(s)
}

function op_delete(    s) {
	for (s = 1; s <= stmts; s++) {
		# Nothing but a return ends a function.
		if (!may_go(s) || tok[s_from[s]] == "return" && s_to[s] + 1 == toks)
			continue
		leave_out(s)
		mutant()
	}
}

# words A Z: the tokens, with a blank around each.
function words(a, z,    out, k) {
	out = " "
	for (k = a; k <= z; k++)
		out = out tok[k] " "
	return out
}

# stored STATEMENT: what it assigns to, if it calls nothing; else "".
function stored(s,    k) {
	for (k = s_from[s]; k < s_to[s]; k++)
		if (tok[k + 1] == "(" && (is_name(tok[k]) || tok[k] == ")"))
			return ""
	for (k = s_from[s]; k < s_to[s]; k++)
		if (tok[k] ~ /^([-+*\/%&|^]?=|<<=|>>=|\+\+|--)$/)
			return k > s_from[s] ? words(s_from[s], k - 1) : words(k + 1, s_to[s] - 1)
	return ""
}

# Does S, which sets a variable to what needs no memory, have no word in common with T?
function apart(s, t,    k) {
	if (tok[s_from[s] + 1] != "=" ||
	    top_level(s_from[s], s_to[s] - 1, "^(->|[.*&([]|[+][+]|--)$"))
		return 0
	for (k = s_from[s]; k < s_to[s]; k++)
		if (is_name(tok[k]) && index(words(s_from[t], s_to[t]), " " tok[k] " "))
			return 0
	return 1
}

# Two stores that have nothing to do with each other may be done in any order.
function independent(s, t,    a, b) {
	a = stored(s)
	b = stored(t)
	return apart(s, t) || apart(t, s) ||
	       a != "" && b != "" && !index(words(s_from[t], s_to[t]), a) &&
	       !index(words(s_from[s], s_to[s]), b)
}

function op_swap(    s, t) {
	for (t = 2; t <= stmts; t++) {
		s = s_before[t]
		if (!s || !may_go(s) || !may_go(t) || kind[s] == "jump" || kind[t] == "jump")
			continue
		if (independent(s, t) ||
		    index(substr(text, from(s_to[s]), from(s_from[t]) - from(s_to[s])), "\n#"))
			continue
		edit(from(s_from[s]), behind(s_to[s]), source(s_from[t], s_to[t]))
		edit(from(s_from[t]), behind(s_to[t]), source(s_from[s], s_to[s]))
		mutant()
	}
}

# first_argument K: of the call at token K.
function first_argument(k,    z) {
	for (z = k + 2; tok[z] != "," && z < mate[k + 1]; z++)
		if (mate[z] > z)
			z = mate[z]
	return z > k + 2 ? squeezed(source(k + 2, z - 1)) : ""
}

# Every place where the lock is taken and released goes, or none.
function op_lock(    s, t, k, word, arg, released, seen) {
	for (s = 1; s <= stmts; s++) {
		k = lock_word(s)
		if (!k || !(tok[k] in LOCK))
			continue
		word = tok[k]
		arg = first_argument(k)
		if (LOCK[word] == "-") {
			leave_out(s)
			mutant()
			continue
		}
		if ((word, arg) in seen)
			continue
		seen[word, arg]
		released = 0
		for (t = 1; t <= stmts; t++) {
			k = lock_word(t)
			if (!k || tok[k] != word && tok[k] != LOCK[word] ||
			    first_argument(k) != arg)
				continue
			released += tok[k] == LOCK[word]
			leave_out(t)
		}
		if (released)
			mutant()
		edits = 0
	}
	for (s = 1; s <= headers; s++)
		if (tok[header_from[s]] in LOCK && tok[header_to[s] + 1] == "{") {
			edit(from(header_from[s]), from(header_to[s] + 1), "")
			mutant()
		}
}

# --- conditions ----------------------------------------------------------------------

# negate A Z: edits for the opposite of that expression; false if it is a constant.
function negate(a, z,    k) {
	if (a == z && tok[a] ~ /^(true|false|[0-9].*)$/)
		return 0
	k = top_level(a, z, "^(==|!=)$")
	if (tok[a] == "!" && !top_level(a, z, "^([-+*/%&|^<>]=?|<<|>>|==|!=|&&|\\|\\||[?]|=)$"))
		edit(from(a), from(a + 1), "")
	else if (k && !top_level(a, z, "^([&|^?]|&&|\\|\\||[-+*/%&|^]?=)$"))
		put(k, tok[k] == "==" ? "!=" : "==")
	else if (top_level(a, z, "^([-+*/%&|^<>]=?|<<|>>|==|!=|&&|\\|\\||[?]|=|:)$")) {
		edit(from(a), from(a), "!(")
		edit(behind(z), behind(z), ")")
	} else
		edit(from(a), from(a), "!")
	return 1
}

# parts A Z DEPTH: a mutant for each part of a condition that && and || are between.
function parts(a, z, depth,    k, b, between) {
	while (tok[a] == "(" && mate[a] == z || tok[a] ~ /^(un)?likely$/ && mate[a + 1] == z) {
		a += tok[a] == "(" ? 1 : 2
		z--
	}
	k = top_level(a, z, "^([?]|[-+*/%&|^]?=)$") ? 0 : top_level(a, z, "^[|][|]$")
	if (!k && !top_level(a, z, "^([?]|[-+*/%&|^]?=)$"))
		k = top_level(a, z, "^&&$")
	if (!k) {
		if (live[a] && negate(a, z))
			mutant()
		edits = 0
		return
	}
	if (!depth && live[k]) {
		negate(a, z)
		mutant()
	}
	b = a
	between = tok[k] == "&&" ? "^&&$" : "^[|][|]$"
	while (k) {
		parts(b, k - 1, depth + 1)
		b = k + 1
		k = top_level(b, z, between)
	}
	parts(b, z, depth + 1)
}

# The condition of ?: that ends before token K.
function question_start(k) {
	for (k--; k > body_from; k--) {
		if (mate[k] < k)
			k = mate[k]
		else if (tok[k] ~ /^([([{},;:?]|return|[-+*\/%&|^]?=)$/)
			break
	}
	return k + 1
}

function op_negate(    c, s, a, z, k) {
	for (c = 1; c <= conds; c++)
		parts(cond_from[c], cond_to[c], 0)
	for (s = 1; s <= stmts; s++) {
		a = s_from[s] + 1
		z = s_to[s] - 1
		if (kind[s] == "jump" && tok[a - 1] == "return" && z >= a &&
		    !top_level(a, z, "^[?]$") &&
		    (tok[a] == "!" || top_level(a, z, "^(==|!=|<|>|<=|>=|&&|\\|\\|)$")))
			parts(a, z, 0)
	}
	for (k = 1; k <= toks; k++)
		if (tok[k] == "?" && tok[k + 1] != ":" && live[k])
			parts(question_start(k), k - 1, 0)
}

function op_compare(    k) {
	for (k = 1; k <= toks; k++)
		if (tok[k] ~ /^[<>]=?$/ && binary(k)) {
			put(k, length(tok[k]) == 1 ? tok[k] "=" : substr(tok[k], 1, 1))
			mutant()
		}
}

function op_logic(    k) {
	for (k = 1; k <= toks; k++)
		if (tok[k] ~ /^(&&|\|\|)$/ && binary(k)) {
			put(k, tok[k] == "&&" ? "||" : "&&")
			mutant()
		}
}

# --- numbers -------------------------------------------------------------------------

# Is K the 1 of + 1 or - 1?
function is_step(k) {
	return tok[k] ~ /^1[uUlL]*$/ && tok[k - 1] ~ /^[-+]$/ && ends_operand(k - 2)
}

# Is the term A to Z a value here, and not what is assigned to, counted, or pointed at?
function is_value(a, z) {
	if (tok[z + 1] ~ /^([-+*\/%&|^]?=|<<=|>>=|\+\+|--|\(|\[|->|\.|:)$/)
		return 0
	if (tok[a - 1] ~ /^(\+\+|--|\.|->|struct|union|enum|goto)$/)
		return 0
	return tok[a - 1] !~ /^[&*]$/ || ends_operand(a - 2)
}

function op_bound(    k, a, s) {
	for (k = 1; k <= toks; k++) {
		if (!live[k])
			continue
		if (is_step(k)) {
			edit(behind(k - 2), behind(k), "")
			mutant()
		} else if (tok[k] in BOUND && (a = term_start(k)) && is_value(a, k) &&
			   !(tok[k + 1] ~ /^[-+]$/ && is_step(k + 2))) {
			s = source(a, k) " " BOUND[tok[k]] " 1"
			if (tok[a - 1] !~ /^([(,;]|[-+*\/%&|^]?=|==|!=|<|>|<=|>=|return)$/ ||
			    tok[k + 1] !~ /^([),;]|==|!=|<|>|<=|>=|&&|\|\|)$/)
				s = "(" s ")"
			edit(from(a), behind(k), s)
			mutant()
		}
	}
}

# other NUMBER: what it becomes.
function other(t,    digits, suffix) {
	match(t, /^[0-9]+/)
	digits = substr(t, 1, RLENGTH)
	suffix = substr(t, RLENGTH + 1)
	if (suffix !~ /^[uUlL]*$/ || length(digits) > 9)
		return "(" t " + 1)"
	return (digits == "1" ? 0 : digits + 1) suffix
}

function op_constant(    k, s) {
	for (k = 1; k <= toks; k++) {
		if (!live[k] || tok[k - 1] ~ /^(->|\.)$/ || is_step(k))
			continue
		if (tok[k] ~ /^(true|false)$/)
			s = tok[k] == "true" ? "false" : "true"
		else if (tok[k] in CONSTANT && tok[k + 1] != "(")
			s = CONSTANT[tok[k]]
		else if (tok[k] ~ /^[0-9]/)
			s = other(tok[k])
		else
			continue
		put(k, s)
		mutant()
	}
}

function op_flag(    k, a, z) {
	for (k = 1; k <= toks; k++) {
		if (tok[k] != "|" || !binary(k))
			continue
		a = flag_start(k)
		z = flag_end(k)
		if (tok[a - 1] != "|") {
			edit(from(a), from(k + 1), "")
			mutant()
		}
		edit(behind(k - 1), behind(z), "")
		mutant()
	}
}

# --- sums ----------------------------------------------------------------------------

# drop_right K, drop_left K: the term on that side of + or -, if it is an offset.
function drop_right(k,    z) {
	z = term_end(k + 1)
	if (!z || !(term_name(k + 1, z) in OFFSET) || tok[z + 1] ~ /^[*\/%]$/)
		return
	edit(behind(k - 1), behind(z), "")
	mutant()
}

function drop_left(k,    a) {
	a = term_start(k - 1)
	if (!a || !(term_name(a, k - 1) in OFFSET) || tok[a - 1] ~ /^[-*\/%&!~.]$/)
		return
	edit(from(a), from(k + 1), "")
	mutant()
}

function op_offset(    k) {
	for (k = 1; k <= toks; k++) {
		if (tok[k] !~ /^[-+]$/ || !binary(k))
			continue
		if (tok[k] == "+")
			drop_left(k)
		drop_right(k)
	}
}

# --- atomic --------------------------------------------------------------------------

# arguments K: of the call at token K, in arg[1], ...; how many.
function arguments(k,    a, z, n) {
	n = 0
	a = k + 2
	for (z = a; z <= mate[k + 1]; z++) {
		if (mate[z] > z)
			z = mate[z]
		else if (tok[z] == "," || z == mate[k + 1]) {
			arg[++n] = z > a ? squeezed(source(a, z - 1)) : ""
			a = z + 1
		}
	}
	return n
}

# stepwise TEMPLATE N: with the N arguments in place.
function stepwise(s,    out, i) {
	out = ""
	while ((i = index(s, "$"))) {
		out = out substr(s, 1, i - 1) arg[substr(s, i + 1, 1)]
		s = substr(s, i + 2)
	}
	return out s
}

function op_atomic(    k, i) {
	for (k = 1; k <= toks; k++) {
		if (!live[k] || !(tok[k] in ATOMIC) || tok[k + 1] != "(")
			continue
		for (i = 1; i <= 9; i++)
			arg[i] = ""
		arguments(k)
		edit(from(k), behind(mate[k + 1]), stepwise(ATOMIC[tok[k]]))
		mutant()
	}
}

function operate(word) {
	operator = word
	if (word == "delete") op_delete()
	else if (word == "negate") op_negate()
	else if (word == "compare") op_compare()
	else if (word == "logic") op_logic()
	else if (word == "bound") op_bound()
	else if (word == "constant") op_constant()
	else if (word == "flag") op_flag()
	else if (word == "swap") op_swap()
	else if (word == "offset") op_offset()
	else if (word == "lock") op_lock()
	else if (word == "atomic") op_atomic()
	else fail("no operator '" word "'")
}
