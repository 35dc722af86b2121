# A user's own threshold: 10 is the score at which mail is refused.
require ["spamtestplus", "relational", "comparator-i;ascii-numeric", "fileinto"];

if spamtest :percent :value "ge" :comparator "i;ascii-numeric" "40" {
	fileinto "Junk";
}
