"""HCL, the language of .tf files: texts → blocks and expressions, each with its place."""
