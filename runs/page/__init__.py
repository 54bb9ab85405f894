"""The page of the server: what can be seen and done, each part in a file of its own; ``runs/app.py`` puts it together.

What knows Solara is ``controls``, ``treatment_panel``, ``views`` and ``life``; the others can be used and tested
without it.
"""
