# A user's own threshold: 40 % of 15, the score at which mail is refused.
require ["spamtestplus", "relational", "comparator-i;ascii-numeric", "fileinto"];

# Marked, though its score is below 4.5 (30 %), where scores begin to mark: a
# rule has done so whatever the score, and no threshold of a user's undoes it.
if allof (header :is "X-Spam-Flag" "YES",
          not spamtest :percent :value "ge" :comparator "i;ascii-numeric" "30") {
	fileinto "Junk";
	stop;
}
if spamtest :percent :value "ge" :comparator "i;ascii-numeric" "40" {
	fileinto "Junk";
}
