# Turns a text of ASCII into a C array: awk -v name=NAME -f text2c.awk FILE
# A list of characters, since C99 promises no string of more than 4095.
BEGIN {
	printf "#include \"config.h\"\n\n"
	printf "#include \"policy/load/%s.h\"\n\nconst char %s[] = {\n", name, name
}
{
	for (i = 1; i <= length($0); i++) {
		c = substr($0, i, 1)
		if (c == "\t")
			c = "\\t"
		else if (c == "\\" || c == "'")
			c = "\\" c
		printf "'%s',", c
	}
	printf "'\\n',\n"
}
END { printf "0 };\n" }
