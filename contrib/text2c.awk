# Turns texts into C arrays, for what is shipped inside the program:
# LC_ALL=C awk -f text2c.awk FILE ...; each is known by its name without
# directory. Octets beyond ASCII are written as numbers: no compiler takes half
# a character for one.
# A list of characters, since C99 promises no string of more than 4095.
function end() {
	if (files > 0)
		printf "0 };\n"
}
BEGIN {
	for (n = 128; n < 256; n++)
		octal[sprintf("%c", n)] = sprintf("\\%03o", n)
	printf "#include \"config.h\"\n\n"
	printf "#include \"policy/load/shipped.h\"\n"
}
FNR == 1 {
	end()
	name[++files] = FILENAME
	sub(/^.*\//, "", name[files])
	sub(/\.list$/, "", name[files])
	printf "\nstatic const char shipped_%d[] = {\n", files
}
{
	for (i = 1; i <= length($0); i++) {
		c = substr($0, i, 1)
		if (c == "\t")
			c = "\\t"
		else if (c == "\\" || c == "'")
			c = "\\" c
		else if (c in octal)
			c = octal[c]
		printf "'%s',", c
	}
	printf "'\\n',\n"
}
END {
	end()
	printf "\nconst struct shipped_file shipped_files[] = {\n"
	for (i = 1; i <= files; i++)
		printf "\t{ \"%s\", shipped_%d, sizeof(shipped_%d) - 1 },\n",
		    name[i], i, i
	printf "};\nconst size_t shipped_count = %d;\n", files
}
