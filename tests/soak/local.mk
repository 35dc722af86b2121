EXTRA_DIST += %D%/README
EXTRA_DIST += %D%/soak.py
EXTRA_DIST += %D%/soak.sh
