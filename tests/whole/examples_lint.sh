#!/bin/sh
# The example rules load without a warning and pass the tests in them.
: "${srcdir:=..}"
bad=0
for file in "$srcdir"/contrib/rules/examples/*.rules; do
	said=$(./verdict lint --rules "$file" 2>&1) || bad=1
	case $said in
	*warning* | *error:*) bad=1 ;;
	esac
	echo "$file: $said"
done
exit $bad
