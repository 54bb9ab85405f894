"""One cell alone: human adipocytes in a dish, as published and as modelled."""
