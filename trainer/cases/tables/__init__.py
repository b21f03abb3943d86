"""The tables of the store, one module each; `trainer.cases.store` holds them."""
