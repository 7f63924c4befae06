"""Panel views: what people see of the lab in a browser and in a notebook's cell. They hold no rule of the model."""
