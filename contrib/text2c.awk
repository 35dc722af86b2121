# Turns a text into a C string constant: awk -v name=NAME -f text2c.awk FILE
BEGIN {
	printf "#include \"config.h\"\n\n"
	printf "#include \"policy/%s.h\"\n\nconst char %s[] =\n", name, name
}
{
	gsub(/\\/, "\\\\")
	gsub(/"/, "\\\"")
	printf "    \"%s\\n\"\n", $0
}
END { printf "    \"\";\n" }
