# SPDX-License-Identifier: GPL-3.0-or-later
"""scikit-learn's forest beside Terrace's, on the very same rows.

    bench-forecast HISTORY.csv SIZE_SCALE DIRECTORY
    compare-forest.py DIRECTORY
    bench-forecast HISTORY.csv SIZE_SCALE DIRECTORY     # now judges its places, in money

Needs python3-sklearn. It learns the place that hindsight chose for the next 30 days, from at most
100,000 rows before the split, and foresees it for all later rows.
"""
import os
import sys
import time

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, f1_score

N_FEATURES = 30
MAX_ROWS = 100000

directory = sys.argv[1]
features = np.fromfile(os.path.join(directory, 'features.bin'), np.float32).reshape(-1, N_FEATURES)
learn = np.fromfile(os.path.join(directory, 'labels-learn.bin'), np.int8)
judge = np.fromfile(os.path.join(directory, 'labels-judge.bin'), np.int8)
rows = np.flatnonzero(learn >= 0)
if len(rows) > MAX_ROWS:
    rows = np.random.default_rng(1).choice(rows, MAX_ROWS, replace=False)
forest = RandomForestClassifier(100, max_depth=11, min_samples_leaf=25, max_features=0.4,
                                max_samples=0.63, n_jobs=2, random_state=1)
begin = time.time()
forest.fit(features[rows], learn[rows])
print(f'scikit-learn: trained on {len(rows)} rows in {time.time() - begin:.1f} s')
begin = time.time()
places = forest.predict(features).astype(np.int8)
seconds = time.time() - begin
print(f'{len(features)} rows foreseen in {seconds:.2f} s: {seconds * 1e6 / len(features):.1f} s a million')
known = judge >= 0
print(f'accuracy {accuracy_score(judge[known], places[known]):.3f}, macro-F1 '
      f'{f1_score(judge[known], places[known], average="macro"):.3f} on {known.sum()} rows')
places.tofile(os.path.join(directory, 'places.bin'))
