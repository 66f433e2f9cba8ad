# SPDX-License-Identifier: GPL-2.0-only
#
# For ci/kernel/mutate: reads mutate-operators and mutate-functions, makes all mutants of
# the tree, chooses among them, and lists or writes these.
#
# Variables: TREE; ARCH, FUNCTIONS, OPERATORS, what is wanted of these, "" for all; N, how
# many, 0 for all; SEED chooses them; MODE in place of what the table says; OUT the folder
# to write to, or "" to list.

# --- the hunks of a mutant --------------------------------------------------------------

# line_of POSITION
function line_of(p,    i) {
	for (i = 1; i < lines && start[i + 1] <= p; i++)
		;
	return i
}

# Edits of neighbouring lines are one group: lines g_from to g_to become g_new.
function group_edits(    i, a, z, s, p) {
	groups = 0
	for (i = 1; i <= edits; i++) {
		a = line_of(e_from[i])
		z = line_of(e_behind[i] > e_from[i] ? e_behind[i] - 1 : e_from[i])
		if (groups && a <= g_to[groups]) {
			if (z > g_to[groups])
				g_to[groups] = z
		} else {
			g_from[++groups] = a
			g_to[groups] = z
		}
		g_last[groups] = i
	}
	i = 1
	for (a = 1; a <= groups; a++) {
		s = ""
		p = start[g_from[a]]
		for (; i <= g_last[a]; i++) {
			s = s substr(text, p, e_from[i] - p) e_text[i]
			p = e_behind[i]
		}
		g_new[a] = s substr(text, p, start[g_to[a] + 1] - 1 - p)
	}
}

# new_lines TEXT: in fresh[1], ...; without those of which nothing is left.  How many.
function new_lines(s,    n, i, k, l) {
	n = split(s, l, "\n")
	k = 0
	for (i = 1; i <= n; i++) {
		sub(/[ \t]+$/, "", l[i])
		if (l[i] != "")
			fresh[++k] = l[i]
	}
	return k
}

# places A Z: how often the lines A to Z of now[] are there.
function places(a, z,    s, k, times) {
	times = 0
	for (s = 1; s + z - a <= now_lines; s++) {
		for (k = 0; k <= z - a && now[s + k] "" == now[a + k] ""; k++)
			;
		times += k > z - a
	}
	return times
}

# hunk LOW HIGH: of these groups, with as many lines around as make it unique.  now[]
# becomes what is there afterwards.
function hunk(low, high,    a, z, out, g, i, j, n, k, kept, after) {
	a = g_from[low]
	z = g_to[high]
	for (k = 0; places(a, z) > 1; k++) {
		if (a > 1 && (k % 2 == 0 || z == now_lines))
			a--
		else
			z++
	}
	out = "@@ " path " " where "\n"
	g = low
	k = 0
	for (i = a; i <= z; i++) {
		if (g > high || i < g_from[g]) {
			out = out (now[i] == "" ? "" : " " now[i]) "\n"
			kept[++k] = now[i]
			continue
		}
		for (; i <= g_to[g]; i++)
			out = out "-" now[i] "\n"
		i--
		n = new_lines(g_new[g++])
		for (j = 1; j <= n; j++) {
			out = out "+" fresh[j] "\n"
			kept[++k] = fresh[j]
		}
	}
	n = 0
	for (i = 1; i < a; i++)
		after[++n] = now[i]
	for (i = 1; i <= k; i++)
		after[++n] = kept[i]
	for (i = z + 1; i <= now_lines; i++)
		after[++n] = now[i]
	now_lines = n
	for (i = 1; i <= n; i++)
		now[i] = after[i]
	return out
}

# The last change comes first, so that those before it are where they were.
function hunks(    low, high, out, i) {
	now_lines = lines
	for (i = 1; i <= lines; i++)
		now[i] = line[i]
	out = ""
	for (high = groups; high >= 1; high = low - 1) {
		low = high
		while (low > 1 && g_from[low] - g_to[low - 1] <= 8)
			low--
		out = out hunk(low, high)
	}
	return out
}

# --- all mutants ------------------------------------------------------------------------

function mutated(    i, p, s) {
	s = ""
	p = 1
	for (i = 1; i <= edits; i++) {
		s = s substr(text, p, e_from[i] - p) e_text[i]
		p = e_behind[i]
	}
	return squeezed(s substr(text, p))
}

# in_words: what becomes of which text.
function in_words(    a, b, i) {
	a = b = ""
	for (i = 1; i <= groups; i++) {
		a = a " " squeezed(substr(text, start[g_from[i]],
					  start[g_to[i] + 1] - start[g_from[i]]))
		b = b " " squeezed(g_new[i])
	}
	return substr(a, 2) " => " (b ~ /^ *$/ ? "(nothing)" : substr(b, 2))
}

# mutant: one with the edits there are, unless it is another one's, or changes nothing.
function mutant(    s) {
	s = mutated()
	if (!(s in made)) {
		made[s]
		group_edits()
		m_name[++mutants] = sprintf("auto-%s-%s-%02d", where, operator,
					    ++count[where, operator])
		m_path[mutants] = path
		m_function[mutants] = where
		m_operator[mutants] = operator
		m_arch[mutants] = arch
		m_mode[mutants] = mode
		m_line[mutants] = first + g_from[1] - 1
		m_words[mutants] = in_words()
		m_hunks[mutants] = hunks()
	}
	edits = 0
}

function mutate_function(    i, before) {
	read_function(path, where)
	split("", made)
	made[squeezed(text)]
	edits = 0
	before = mutants
	for (i = 1; i <= operators; i++)
		operate(word[i])
	if (mutants == before)
		fail(path ": nothing of " where " can be mutated: its row is of no use")
}

# --- which of them ------------------------------------------------------------------------

# key NAME: a number that SEED and the name make, spread evenly.  Products stay below
# 2^53, so every awk has the same.
function key(name,    i, x) {
	x = 1
	for (i = 1; i <= length(name); i++)
		x = (x * 131 + code[substr(name, i, 1)]) % 94906249
	x = (x + SEED % 94906249) % 94906249
	for (i = 1; i <= 5; i++)
		x = (x * x + SEED % 1000003 + 7919 * i) % 94906249
	return x
}

function is_one_of(w, list) {
	return list == "" || index(" " list " ", " " w " ")
}

function wanted(m) {
	return (ARCH == "" || m_arch[m] == ARCH || m_arch[m] == "all") &&
	       is_one_of(m_function[m], FUNCTIONS) && is_one_of(m_operator[m], OPERATORS)
}

# choose: sets chosen[].
function choose(    m, i, j, n, best, k) {
	n = 0
	for (m = 1; m <= mutants; m++)
		if (wanted(m)) {
			of_these[++n] = m
			chosen[m] = !N
			k[m] = sprintf("%08d %s", key(m_name[m]), m_name[m])
		}
	if (n < N || !n)
		fail(n ? "there are only " n " of these, not " N : "there are none of these")
	for (i = 1; i <= N; i++) {
		best = 0
		for (j = 1; j <= n; j++)
			if (!chosen[of_these[j]] && (!best || k[of_these[j]] < k[best]))
				best = of_these[j]
		chosen[best] = 1
	}
}

function header(m) {
	return "# SPDX-License-Identifier: GPL-2.0-only\n#\n" \
	       "# id: " m_name[m] "\n# arch: " m_arch[m] "\n# class: automatic\n" \
	       "# breaks: " m_path[m] ", line " m_line[m] ": " EXPLAINED[m_operator[m]] ".\n" \
	       "# lost: nobody has looked.\n" \
	       (m_mode[m] == "default" ? "" : "# mode: " m_mode[m] "\n")
}

function show(m) {
	if (OUT == "") {
		printf "%s\t%s\t%s\t%s\t%s\t%s:%d\t%s\n", m_name[m], m_function[m], m_operator[m],
			m_arch[m], m_mode[m], m_path[m], m_line[m], m_words[m]
		return
	}
	printf "%s\n%s", header(m), m_hunks[m] >(OUT "/" m_name[m] ".hunk")
	close(OUT "/" m_name[m] ".hunk")
}

# --- the tables -----------------------------------------------------------------------------

# rest_of_row N: without its first N words; a row goes on while its lines end in \.
function rest_of_row(n,    l) {
	while (sub(/\\$/, "") && (getline l) > 0) {
		sub(/^[ \t]+/, "", l)
		$0 = $0 l
	}
	while (n-- > 0)
		sub(/^[ \t]*[^ \t]+/, "")
	sub(/^[ \t]+/, "")
	return $0
}

# asked LIST KNOWN WHAT: every word of what was asked for is known.
function asked(list, known, what,    n, i, w) {
	n = split(list, w, " ")
	for (i = 1; i <= n; i++)
		if (!(w[i] in known))
			fail("no " what " '" w[i] "' in ci/kernel/mutate-" what "s")
}

BEGIN {
	for (i = 1; i < 128; i++)
		code[sprintf("%c", i)] = i
	c_words()
}

/^(#|[ \t]*$)/ { next }
FNR == NR {
	if ($1 == "operator") {
		word[++operators] = $2
		name = $2
		EXPLAINED[name] = rest_of_row(2)
	} else if ($1 == "skip" && NF == 2)
		SKIP[$2]
	else if ($1 == "bound" && NF == 3)
		BOUND[$2] = $3
	else if ($1 == "offset" && NF == 2)
		OFFSET[$2]
	else if ($1 == "constant" && NF == 3)
		CONSTANT[$2] = $3
	else if ($1 == "lock" && NF == 3) {
		LOCK[$2] = $3
		RELEASE[$3]
	} else if ($1 == "atomic" && NF > 2) {
		name = $2
		ATOMIC[name] = rest_of_row(2)
	} else
		fail("mutate-operators:" FNR ": this is no row: " $0)
	next
}
{
	if (NF < 3 || NF > 4 || $3 !~ /^(x86|arm64|all)$/)
		fail("mutate-functions:" FNR \
		     ": not a path, a function, x86, arm64 or all, and a mode")
	if (($1, $2) in row_of)
		fail("mutate-functions:" FNR ": " $2 " is there twice")
	row_of[$1, $2]
	r_path[++rows] = $1
	r_function[rows] = $2
	r_arch[rows] = $3
	r_mode[rows] = NF > 3 ? $4 : "default"
	functions[$2]
}

END {
	if (failed)
		exit failed
	asked(FUNCTIONS, functions, "function")
	asked(OPERATORS, EXPLAINED, "operator")
	for (r = 1; r <= rows; r++) {
		path = r_path[r]
		where = r_function[r]
		arch = r_arch[r]
		mode = MODE != "" ? MODE : r_mode[r]
		mutate_function()
	}
	choose()
	for (m = 1; m <= mutants; m++)
		if (chosen[m])
			show(m)
}
