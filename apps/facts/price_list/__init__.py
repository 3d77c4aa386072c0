"""AWS's Price List: from products to the prices of a book."""
