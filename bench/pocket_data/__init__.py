"""Gathers labelled pictures and sounds of public repositories into one folder per class.

``python -m bench.pocket_data CLONES OUT`` reads git directories named ``owner+name`` (bare or not) under CLONES and
writes under OUT what ``manage.py train_contrastive pocket --data OUT/train --names OUT/names.json`` reads. Nothing it
reads or writes is committed; `sources.py` and `sounds.py` say where everything comes from and under which licence.

Under OUT: ``train``, five folders to measure on (`arranging.py`), ``names.json`` (2 to 8 names of each class,
and what it is in a sentence), ``imagenet-1000-unseen.json`` (those of ImageNet's classes that train knows neither as
they are nor as a kind), ``sources.json`` with counts, ``sounds``.
"""
