"""Zip, npz, HDF5 and .keras files of people one does not know: checked, never executed."""
