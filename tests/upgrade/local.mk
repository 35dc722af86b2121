EXTRA_DIST += %D%/run.sh %D%/upgrade.py
