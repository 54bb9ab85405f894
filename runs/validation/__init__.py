"""The judge: the model against measurements and studies, and the document that says so."""
